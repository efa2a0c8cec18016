/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-session-settings.h"

/**
 * The profile says something else than before: see wl_engine_reload_profile(), which takes of
 * @config what it can; of @settings count `forwarding` and the patterns. Takes @config. FALSE with
 * *error if it contradicts itself; then nothing is changed.
 */
gboolean wl_session_reload_profile(WlSession *self, WlEngineConfig *config,
                                   const WlSessionSettings *settings, GError **error);
