/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-session-settings.h"

/**
 * Applies a changed profile: @config as in wl_engine_reload_profile(), and of @settings only
 * `forwarding` and the patterns. Takes ownership of @config. FALSE with *error without a change if
 * @config is inconsistent.
 */
gboolean wl_session_reload_profile(WlSession *self, WlEngineConfig *config,
                                   const WlSessionSettings *settings, GError **error);
