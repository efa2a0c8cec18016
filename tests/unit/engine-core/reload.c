/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reload.h"

WlEngineConfig *
reload_profile(Harness *harness)
{
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
    WlPeerConfig *desktop;

    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, HUB_PREFIXES);
    desktop = harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32,192.168.50.7/32");
    desktop->has_preshared_key = TRUE;
    desktop->preshared_key.bytes[0] = 9;
    return config;
}

WlPeerConfig *
reload_peer_of(WlEngineConfig *config, guint index)
{
    return config->peers->pdata[index];
}

void
reload_start(Harness *harness)
{
    harness_start(harness, reload_profile(harness));
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, DESKTOP_ENDPOINT);
    harness_run(harness, SEC(10)); /* a Go daemon has taken the direct path by then */
    g_assert_cmpint(harness_view(harness, harness_member(harness, 1))->state, ==, WL_PEER_DIRECT);
}

guint
reload_all_changes(Harness *harness, const HarnessMember *member)
{
    guint n = 0;

    for (WlPeerChangeKind kind = WL_PEER_ADD; kind <= WL_PEER_REMOVE; kind++)
        n += harness_changes(harness, member, kind);
    return n;
}

const WlPeerChange *
reload_last_change(Harness *harness, const HarnessMember *member)
{
    const WlPeerChange *change = NULL;

    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];
        if (output->kind == WL_OUTPUT_CHANGE_PEER && wl_key_equal(&output->key, &member->key))
            change = output->change;
    }
    return change;
}

WlEngineConfig *
reload_within(WlEngineConfig *config, const char *networks)
{
    g_auto(GStrv) parts = g_strsplit(networks, ",", 0);

    for (guint i = 0; parts[i]; i++) {
        WlPrefix prefix;
        prefix = harness_prefix(parts[i]);
        g_array_append_val(config->networks, prefix);
    }
    return config;
}
