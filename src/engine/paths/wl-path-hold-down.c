/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-path-hold-down.h"

#include "state/wl-timing.h"

gint64
wl_path_hold_down_after_fall_back(const WlPeerPath *path, gint64 now)
{
    if (now - path->promoted >= WL_PATH_HOLD_DOWN_MAX)
        return WL_PATH_HOLD_DOWN_MIN;
    return CLAMP(path->agreement.hold_down * 2, WL_PATH_HOLD_DOWN_MIN, WL_PATH_HOLD_DOWN_MAX);
}

gint64
wl_path_hold_down_ends_at(const WlPeerPath *path)
{
    return path->fell_back + path->agreement.hold_down;
}
