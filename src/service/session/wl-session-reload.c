/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Changes of the profile during an activation. */

#include "wl-session-reload.h"

#include "wl-session-gateway.h"
#include "wl-session-inputs.h"
#include "wl-session-link.h"
#include "wl-session-outputs.h"
#include "wl-session-tunnel.h"

/* Settings that the link was created with do not change before the next activation. */
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

/* Only if it makes a difference, because an administrator may have changed the sysctls. */
static void
change_forwarding(WlSession *self, gboolean before, gboolean before_v6)
{
    if (wl_session_forwards_ipv4(self) == before && wl_session_forwards_ipv6(self) == before_v6)
        return;
    if (before)
        wl_forwarding_stop_link(&self->forwarding, self->settings.interface);
    wl_session_set_forwarding(self);
}

static gboolean
is_same(const GArray *a, const GArray *b)
{
    guint n = b ? b->len : 0;

    if (a->len != n)
        return FALSE;
    for (guint i = 0; i < n; i++) {
        if (!wl_prefix_equal(&g_array_index(a, WlPrefix, i), &g_array_index(b, WlPrefix, i)))
            return FALSE;
    }
    return TRUE;
}

/* An open gateway is opened again also if its own settings did not change: its rules depend on
 * `forwarding` and the members, and connections through it go on. */
static void
change_gateway(WlSession *self, const WlSessionSettings *settings)
{
    const GArray *before = self->settings.shared_networks;

    if (!self->gateway && self->settings.offer_exit == settings->offer_exit &&
        is_same(before, settings->shared_networks))
        return;
    wl_session_close_gateway(self);
    self->settings.offer_exit = settings->offer_exit;
    self->settings.shared_networks = wl_session_copy_prefixes(settings->shared_networks);
    g_array_unref((GArray *) before);
    wl_session_open_gateway(self);
}

gboolean
wl_session_reload_profile(WlSession *self, WlEngineConfig *config,
                          const WlSessionSettings *settings, GError **error)
{
    gboolean forwarded = wl_session_forwards_ipv4(self);
    gboolean forwarded_v6 = wl_session_forwards_ipv6(self);

    keep_constants(self, config);
    /* The default route leaves the tunnel before the peer loses it, and enters it after the peer
     * has it. */
    if (self->settings.full_tunnel && !settings->full_tunnel)
        wl_session_close_tunnel(self);
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
    change_gateway(self, settings);
    change_forwarding(self, forwarded, forwarded_v6);
    wl_session_pump(self);
    return !settings->full_tunnel || wl_session_open_tunnel(self, settings->kill_switch, error);
}
