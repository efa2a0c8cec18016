/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-ctl-profiles.h"

/**
 * A picture of the network as this member sees it, an SVG document. The same profile gives the same
 * picture: the peers stand on a circle in the order of their names. @before: an earlier read, for
 * the rates, or NULL. To be freed.
 */
char *wl_ctl_svg_new(const WlCtlProfile *profile, const WlCtlProfile *before);
