/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** Batching in large networks, so that a hub with thousands of members stays responsive: the delay
 * for work that covers all @n peers, @each microseconds per peer; 0 in a small network. Work of
 * this kind that becomes due within the delay is done once. A pure function. */
gint64 wl_batch_delay(guint n, gint64 each);
