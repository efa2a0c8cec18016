/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** One hub and @hosts - 1 leaves behind a NAT each, who know the hub and four neighbors: runs them
 * until all of these are direct, then lets them rest for @rest µs, and prints `name: value unit` a
 * line. FALSE with *error if they do not get that far. */
gboolean scale_run(guint hosts, guint32 seed, gint64 rest, GError **error);
