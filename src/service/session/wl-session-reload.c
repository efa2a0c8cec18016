/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-session-reload.h"

#include "wl-session-inputs.h"
#include "wl-session-link.h"
#include "wl-session-outputs.h"

/* A profile that is changed while the session runs. */

/* What the link was made with stays: it counts when the profile is brought up again. */
static void
keep_constants(const WlSession *self, WlEngineConfig *config)
{
    config->private_key = self->config->private_key;
    config->listen_port = self->config->listen_port;
    g_array_set_size(config->addresses, 0);
    g_array_append_vals(config->addresses, self->config->addresses->data,
                        self->config->addresses->len);
}

static void
replace_patterns(const char *const **patterns, const char *const *other)
{
    const char *const *copy = wl_session_copy_patterns(other);

    g_strfreev((char **) *patterns);
    *patterns = copy;
}

/* Only where it makes a difference: somebody may have reasons to have set it otherwise. */
static void
change_forwarding(WlSession *self, gboolean did, gboolean did_v6)
{
    gboolean does = self->settings.forwarding || wl_engine_is_router(self->engine);

    if (does == did && self->settings.forwarding == did_v6)
        return;
    if (did)
        wl_forwarding_stop_link(&self->forwarding, self->settings.interface);
    wl_session_set_forwarding(self);
}

gboolean
wl_session_reload_profile(WlSession *self, WlEngineConfig *config,
                          const WlSessionSettings *settings, GError **error)
{
    gboolean forwarded = self->settings.forwarding || wl_engine_is_router(self->engine);
    gboolean forwarded_v6 = self->settings.forwarding;

    keep_constants(self, config);
    if (!wl_engine_reload_profile(self->engine, wl_clock_now(), config, error)) {
        wl_engine_config_free(config);
        return FALSE;
    }
    wl_engine_config_free(self->config);
    self->config = config;
    self->settings.forwarding = settings->forwarding;
    replace_patterns(&self->settings.hide_interfaces, settings->hide_interfaces);
    replace_patterns(&self->settings.announce_interfaces, settings->announce_interfaces);
    wl_session_update_addresses(self);
    change_forwarding(self, forwarded, forwarded_v6);
    wl_session_pump(self);
    return TRUE;
}
