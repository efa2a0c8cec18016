/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prefixes around one, and prefixes within one; and the plain data of the device. */
#include "wl-prefix-map.h"

#include "harness.h"
#include "wl-device.h"

static gboolean
collect(const WlPrefix *prefix, gpointer value, gpointer user_data)
{
    g_string_append_printf(user_data, "%s%s", ((GString *) user_data)->len > 0 ? " " : "",
                           (const char *) value);
    return g_str_equal(value, "stop");
}

static void
add(WlPrefixMap *map, const char *text, const char *value)
{
    WlPrefix prefix = harness_prefix(text);

    wl_prefix_map_set(map, &prefix, (gpointer) value);
}

/* From the widest to the narrowest one, until the caller has enough. */
static const struct {
    const char *prefix, *covering, *within;
} rows[] = {
    {"10.77.1.5/32", "all ten net host", "host"},
    {"10.77.1.6/32", "all ten net", ""},
    {"10.77.1.0/24", "all ten net", "net host"},
    {"10.77.0.0/16", "all ten", "net host"},
    {"10.0.0.0/8", "all ten", "ten net host"},
    {"0.0.0.0/0", "all", "all ten net host"},
    {"172.16.0.0/16", "all stop", "below"},
    {"172.16.0.0/12", "all stop", "stop"},
    {"fd77::1/128", "six", ""},
    {"fd77::/64", "six", "six"},
    {"fd78::/64", "", ""},
};

static void
assert_found(const WlPrefixMap *map, guint row, const char *covering, const char *within)
{
    g_autoptr(GString) around = g_string_new(NULL), inside = g_string_new(NULL);
    WlPrefix prefix = harness_prefix(rows[row].prefix);
    gpointer found = wl_prefix_map_find_covering(map, &prefix, collect, around);

    g_test_message("%s", rows[row].prefix);
    g_assert_cmpstr(around->str, ==, covering);
    g_assert_cmpstr(found, ==, g_str_has_suffix(covering, "stop") ? "stop" : NULL);
    wl_prefix_map_find_within(map, &prefix, collect, inside);
    g_assert_cmpstr(inside->str, ==, within);
}

static void
test_find(void)
{
    WlPrefixMap *map = wl_prefix_map_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_found(map, i, "", "");
    add(map, "10.77.1.0/24", "before");
    add(map, "0.0.0.0/0", "all");
    add(map, "10.0.0.0/8", "ten");
    add(map, "10.77.1.0/24", "net");
    add(map, "10.77.1.5/32", "host");
    add(map, "172.16.0.0/12", "stop");
    add(map, "172.16.0.0/16", "below");
    add(map, "fd77::/64", "six");
    for (guint i = 0; i < G_N_ELEMENTS(rows) && i < 5; i++)
        assert_found(map, i, rows[i].covering, rows[i].within);
    for (guint i = 6; i < G_N_ELEMENTS(rows); i++)
        assert_found(map, i, rows[i].covering, rows[i].within);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        WlPrefix prefix = harness_prefix(rows[i].prefix);

        wl_prefix_map_remove(map, &prefix);
        g_assert_null(wl_prefix_map_get(map, &prefix));
        wl_prefix_map_remove(map, &prefix);
    }
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_found(map, i, "", "");
    wl_prefix_map_free(map);
}

/* A new peer of the device never had a handshake, and is found by its key alone. */
static void
test_device(void)
{
    const WlKey one = {{1}}, two = {{2}};
    WlDevice *device = wl_device_new();
    WlPeerChange *change = wl_peer_change_new(WL_PEER_REMOVE, &two);

    g_assert_null(wl_device_find(device, &one));
    g_ptr_array_add(device->peers, wl_device_peer_new(&one));
    g_ptr_array_add(device->peers, wl_device_peer_new(&two));
    g_assert_true(wl_device_find(device, &one) == device->peers->pdata[0]);
    g_assert_true(wl_device_find(device, &two) == device->peers->pdata[1]);
    g_assert_cmpint(wl_device_find(device, &two)->handshake_age, ==, -1);
    g_assert_cmpuint(wl_device_find(device, &two)->allowed_ips->len, ==, 0);
    g_assert_cmpint(change->kind, ==, WL_PEER_REMOVE);
    g_assert_true(wl_key_equal(&change->public_key, &two));
    g_assert_cmpuint(change->allowed_ips->len, ==, 0);
    wl_peer_change_free(change);
    wl_device_free(device);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/prefix-map/find", test_find);
    g_test_add_func("/prefix-map/device", test_device);
    return g_test_run();
}
