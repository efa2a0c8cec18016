/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profile.h"

/**
 * The network as this member sees it, as an SVG document. The same profile gives the same document.
 * @before: an earlier read, for the rates, or NULL. @now: Unix seconds. To be freed.
 */
char *wl_map_new(const WlActiveProfile *profile, const WlActiveProfile *before, gint64 now);
