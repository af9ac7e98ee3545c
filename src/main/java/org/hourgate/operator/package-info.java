/**
 * The operator's side: a unix socket on which the machine's own people see sessions and end them,
 * one line of JSON each way; and for each OpenVPN a socket that speaks its management protocol to
 * any number of tools, which may look and kill and nothing else.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.operator.AdminSocket}, {@link
 * org.hourgate.operator.AdminClient}; {@link org.hourgate.operator.OperatorSocket}, {@link
 * org.hourgate.operator.SharedDaemon}.
 *
 * <p><b>May depend on:</b> {@code gate}, {@code session}, {@code management}, {@code credential},
 * {@code entitlement}, {@code infrastructure}.
 */
@NullMarked
package org.hourgate.operator;

import org.jspecify.annotations.NullMarked;
