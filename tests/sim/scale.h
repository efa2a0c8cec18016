/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** Measures one hub and @hosts - 1 leaves behind a NAT each, which know the hub and four neighbors.
 * Runs until all these pairs are direct and then for @rest µs, and prints lines `name: value unit`.
 * With @storm the hub then loses its power for half a minute, and comes back to all leaves at once.
 * FALSE with *error if a pair does not become direct, or a leaf does not come back. */
gboolean scale_run(guint hosts, guint32 seed, gint64 rest, gboolean storm, GError **error);
