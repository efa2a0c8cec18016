/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-time.h"

/* The TTL of facts (docs/protocol.md 1.1): whole seconds on the wire, engine time (µs) in the
 * engine. */

#define WL_TTL_MAX 65535 /* s; a larger one does not decode */

/** Whole seconds from @now to @expires (both µs), rounded down, within 0 and WL_TTL_MAX. */
guint16 wl_ttl_from_expiry(gint64 expires, gint64 now);
/** The expiry (µs) of a fact with @ttl (s) received at @now (µs), at most one hour later. */
gint64 wl_ttl_to_expiry(guint16 ttl, gint64 now);
