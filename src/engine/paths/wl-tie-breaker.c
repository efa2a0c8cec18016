/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-tie-breaker.h"

#include "state/wl-timing.h"

gboolean
wl_tie_breaker_goes_first(const WlKey *own, const WlKey *peer)
{
    return wl_key_compare(own, peer) < 0;
}

gint64
wl_tie_breaker_head_start(const WlKey *own, const WlKey *peer, gboolean has_configured)
{
    return wl_tie_breaker_goes_first(own, peer) || has_configured ? 0 : WL_CONNECT_HEAD_START;
}
