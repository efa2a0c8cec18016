/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profile.h"

/**
 * "1.5 KiB/s": the growth of the counter @property of @peer since @before, an earlier read of the
 * same profile; NULL if @before does not have the peer. To be freed.
 */
char *wl_rate_format(const WlActiveProfile *profile, const WlActiveProfile *before,
                     const WlActivePeer *peer, const char *property);
