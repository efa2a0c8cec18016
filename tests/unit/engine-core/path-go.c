/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "path-go.h"

/* The hub and the members 2 to @last. */
WlEngineConfig *
path_go_config(Harness *harness, guint last)
{
    WlEngineConfig *config = harness_config(harness, WL_ROLE_AUTOMATIC);
    WlPrefix address;

    address = harness_prefix("fd77::2/64");
    g_array_append_val(config->addresses, address);
    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24,fd77::/64");
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32,fd77::3/128");
    for (guint i = 3; i <= last; i++) {
        g_autofree char *allowed = g_strdup_printf("10.77.0.%u/32", i + 1);
        harness_add(config, harness_member(harness, i), NULL, allowed);
    }
    return config;
}

Harness *
path_go_leaf_with(guint last)
{
    Harness *harness = harness_new();

    harness_start(harness, path_go_config(harness, last));
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_run(harness, SEC(1));
    harness_clear(harness);
    return harness;
}

Harness *
path_go_leaf_new(void)
{
    return path_go_leaf_with(3);
}

gboolean
path_go_is_replied(Harness *harness, const WlEchoRequest *echo, const PathGoReplies *replies)
{
    if (echo->destination.family == WL_FAMILY_V4)
        return replies->transit;
    if (wl_ip_equal(&echo->destination, &harness_member(harness, 1)->link_local))
        return replies->router;
    return echo->source.family == WL_FAMILY_NONE ? replies->life : replies->direct;
}

/* Runs for @duration and replies to the echoes sent meanwhile. */
void
path_go_run(Harness *harness, gint64 duration, const PathGoReplies *replies)
{
    gint64 end = harness->now + duration;

    while (harness->now < end) {
        harness_run(harness, PATH_GO_STEP);
        for (guint i = 0; i < harness->outputs->len; i++) {
            WlOutput *output = harness->outputs->pdata[i];
            WlKey key = output->key;
            gboolean replied;

            if (output->kind != WL_OUTPUT_SEND_ECHO || output->echo.destination.family == 0)
                continue;
            replied = path_go_is_replied(harness, &output->echo, replies);
            output->echo.destination.family = WL_FAMILY_NONE; /* done with */
            if (!replied)
                continue;
            wl_engine_echo_reply(harness->engine, harness->now, &key, output->echo.sequence);
            harness_drain(harness);
        }
    }
}

gboolean
path_go_is_direct(Harness *harness)
{
    return harness_has_allowed(harness, harness_member(harness, 2), DESKTOP_PREFIX);
}

gint64
path_go_until_direct(Harness *harness, gint64 limit, const PathGoReplies *replies)
{
    gint64 start = harness->now;

    while (!path_go_is_direct(harness) && harness->now < start + limit)
        path_go_run(harness, PATH_GO_STEP, replies);
    return harness->now - start;
}
