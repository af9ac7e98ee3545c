/**
 * What an operator sees: boards, alerts, the runbook. {@link org.hourgate.observe.Boards} writes
 * the boards down; their files in {@code grafana/dashboards} are made of it and kept in the
 * repository.
 *
 * <p><b>Starting points:</b> {@link org.hourgate.observe.Boards} to change a panel, {@link
 * org.hourgate.observe.BoardsIT} for what a real Prometheus makes of them.
 *
 * <p><b>May depend on:</b> everything; the gate only from outside.
 */
@NullMarked
package org.hourgate.observe;

import org.jspecify.annotations.NullMarked;
