/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which prefixes become routes of the link, one row each. */
#include "facts/wl-routes.h"

#include "harness.h"

/* Peers gain (+) and lose (-) prefixes; what the last change does. Tunnel addresses 10.77.0.2/24,
 * 10.78.0.2/24 and fd77::2/64. */
static const struct {
    const char *name, *changes, *routes;
    gboolean changed;
} rows[] = {
    {"one prefix", "+10.1.0.0/16", "10.1.0.0/16", TRUE},
    {"a second peer has it", "+10.1.0.0/16 +10.1.0.0/16", "10.1.0.0/16", FALSE},
    {"one of two loses it", "+10.1.0.0/16 +10.1.0.0/16 -10.1.0.0/16", "10.1.0.0/16", FALSE},
    {"both lose it", "+10.1.0.0/16 +10.1.0.0/16 -10.1.0.0/16 -10.1.0.0/16", "", TRUE},
    {"it comes back", "+10.1.0.0/16 -10.1.0.0/16 +10.1.0.0/16", "10.1.0.0/16", TRUE},
    {"the first of three", "+10.1.0.0/16 +10.2.0.0/16 +10.3.0.0/16 -10.1.0.0/16",
     "10.2.0.0/16 10.3.0.0/16", TRUE},
    {"one inside another", "+10.1.0.0/16 +10.1.2.0/24", "10.1.0.0/16", FALSE},
    {"one that is inside goes", "+10.1.2.0/24 +10.1.0.0/16 -10.1.2.0/24", "10.1.0.0/16", FALSE},
    {"one around others", "+10.1.2.0/24 +10.1.3.0/24 +10.2.0.0/16 +10.0.0.0/16 +10.1.0.0/16",
     "10.0.0.0/16 10.1.0.0/16 10.2.0.0/16", TRUE},
    {"one around others goes",
     "+10.1.2.0/24 +10.1.3.0/24 +10.1.3.7/32 +10.2.2.0/24 +10.1.0.0/16 -10.1.0.0/16",
     "10.1.2.0/24 10.1.3.0/24 10.2.2.0/24", TRUE},
    {"a default route", "+0.0.0.0/0", "", FALSE},
    {"half of one", "+128.0.0.0/1", "", FALSE},
    {"a quarter", "+64.0.0.0/2", "64.0.0.0/2", TRUE},
    {"one inside a default route", "+0.0.0.0/0 +10.1.0.0/16", "10.1.0.0/16", TRUE},
    {"one inside a half", "+0.0.0.0/1 +10.1.0.0/16", "10.1.0.0/16", TRUE},
    {"one inside a quarter", "+0.0.0.0/2 +10.1.0.0/16", "0.0.0.0/2", FALSE},
    {"a default route goes", "+10.1.0.0/16 +0.0.0.0/0 -0.0.0.0/0", "10.1.0.0/16", FALSE},
    {"an address of the first subnet", "+10.77.0.9/32", "", FALSE},
    {"an address of the second subnet", "+10.78.0.9/32", "", FALSE},
    {"a subnet itself", "+fd77::/64", "", FALSE},
    {"a wider one", "+10.77.0.0/23", "10.77.0.0/23", TRUE},
    {"an address of a subnet goes", "+10.1.0.0/16 +10.77.0.9/32 -10.77.0.9/32", "10.1.0.0/16",
     FALSE},
    {"one around a subnet goes", "+10.77.0.9/32 +10.77.1.9/32 +10.77.0.0/16 -10.77.0.0/16",
     "10.77.1.9/32", TRUE},
    {"a network of this machine", "+192.168.1.0/24", "", FALSE},
    {"a part of it", "+192.168.1.0/24 +192.168.1.64/26", "192.168.1.64/26", TRUE},
    {"one around it", "+192.168.0.0/16", "192.168.0.0/16", TRUE},
};

static char *
list(const GArray *prefixes)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < prefixes->len; i++) {
        g_autofree char *prefix = wl_prefix_to_string(&g_array_index(prefixes, WlPrefix, i));
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", prefix);
    }
    return g_string_free(text, FALSE);
}

static void
test_row(gconstpointer data)
{
    const guint row = GPOINTER_TO_UINT(data);
    g_auto(GStrv) changes = g_strsplit(rows[row].changes, " ", 0);
    const WlPrefix own[] = {harness_prefix("10.77.0.2/24"), harness_prefix("10.78.0.2/24"),
                            harness_prefix("fd77::2/64")};
    const WlLocalAddress local = {.address = harness_prefix("192.168.1.10/24"), .uplink = TRUE};
    WlEngine engine = {.config = wl_engine_config_new()};
    g_autofree char *routes = NULL;
    g_autoptr(GArray) before = NULL, after = NULL;

    g_array_append_vals(engine.config->addresses, own, G_N_ELEMENTS(own));
    wl_routes_init(&engine.routes);
    wl_policy_init(&engine.policy, engine.config);
    wl_policy_set_local(&engine.policy, &local, 1);
    for (guint i = 0; changes[i]; i++) {
        WlPrefix prefix = harness_prefix(changes[i] + 1);

        g_clear_pointer(&before, g_array_unref);
        before = wl_engine_dup_routes(&engine);
        engine.routes.changed = FALSE;
        if (changes[i][0] == '+')
            wl_routes_add(&engine, &prefix);
        else
            wl_routes_drop(&engine, &prefix);
    }
    after = wl_engine_dup_routes(&engine);
    routes = list(after);
    g_assert_cmpstr(routes, ==, rows[row].routes);
    g_assert_cmpint(engine.routes.changed, ==, rows[row].changed);
    /* what ends as it began is no change */
    wl_routes_settle(&engine.routes, before);
    g_assert_cmpint(engine.routes.changed, ==, rows[row].changed);
    wl_routes_settle(&engine.routes, after);
    g_assert_false(engine.routes.changed);
    wl_routes_clear(&engine.routes);
    wl_policy_clear(&engine.policy);
    wl_engine_config_free(engine.config);
}

/* The routes follow the networks to which this machine is attached. */
static void
test_attached(void)
{
    static const struct {
        const char *local, *routes;
        gboolean changed;
    } attached[] = {
        {"192.168.1.10/24", "10.1.0.0/16 192.168.0.0/24", FALSE},
        {"192.168.1.11/24", "10.1.0.0/16 192.168.0.0/24", FALSE},
        {"192.168.0.10/24", "10.1.0.0/16", TRUE},
        {"10.1.0.10/16", "10.1.2.0/24 192.168.0.0/24", TRUE},
        {"192.168.1.10/24", "10.1.0.0/16 192.168.0.0/24", TRUE},
    };
    const WlPrefix prefixes[] = {harness_prefix("10.1.0.0/16"), harness_prefix("10.1.2.0/24"),
                                 harness_prefix("192.168.0.0/24")};
    WlEngine engine = {.config = wl_engine_config_new()};

    wl_routes_init(&engine.routes);
    wl_policy_init(&engine.policy, engine.config);
    for (guint i = 0; i < G_N_ELEMENTS(prefixes); i++)
        wl_routes_add(&engine, &prefixes[i]);
    for (guint i = 0; i < G_N_ELEMENTS(attached); i++) {
        const WlLocalAddress local = {.address = harness_prefix(attached[i].local), .uplink = TRUE};
        g_autofree char *routes = NULL;

        g_test_message("row %u", i);
        engine.routes.changed = FALSE;
        wl_policy_set_local(&engine.policy, &local, 1);
        wl_routes_attached_changed(&engine);
        routes = list(engine.routes.list);
        g_assert_cmpstr(routes, ==, attached[i].routes);
        g_assert_cmpint(engine.routes.changed, ==, attached[i].changed);
    }
    wl_routes_clear(&engine.routes);
    wl_policy_clear(&engine.policy);
    wl_engine_config_free(engine.config);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/routes/%s", rows[i].name);
        g_test_add_data_func(name, GUINT_TO_POINTER(i), test_row);
    }
    g_test_add_func("/routes/networks of this machine change", test_attached);
    return g_test_run();
}
