/**
 * The operator's side: a unix socket on which the machine's own people see sessions and end them,
 * one line of JSON each way.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.operator.AdminSocket}, {@link
 * org.hourgate.operator.AdminClient}.
 *
 * <p><b>May depend on:</b> {@code gate}, {@code management}, {@code credential}, {@code
 * infrastructure}.
 */
@NullMarked
package org.hourgate.operator;

import org.jspecify.annotations.NullMarked;
