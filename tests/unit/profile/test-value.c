/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The key table, and single values. */

#include <string.h>

#include <NetworkManager.h>

#include "test-keys.h"
#include "wl-profile-keys.h"
#include "wl-profile-value.h"

static void
test_table(void)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gsize n_keys;
    const WlProfileKey *keys = wl_profile_keys(&n_keys);
    g_autoptr(GTypeClass) setting = g_type_class_ref(NM_TYPE_SETTING_VPN);

    g_assert_cmpuint(n_keys, >, 20);
    for (gsize i = 0; i < n_keys; i++) {
        const WlProfileKey *key = &keys[i];

        g_assert_true(key->name || key->file_name);
        g_assert_true(key->help && *key->help);
        g_assert_true(key->type != WL_KEY_TYPE_WORD || key->words);
        g_assert_true(!key->secret || key->type == WL_KEY_TYPE_KEY);
        if (key->name) {
            g_assert_true(g_hash_table_add(names, g_strdup_printf("%d %s", key->scope, key->name)));
            g_assert_true(wl_profile_keys_find(key->scope, key->name) == key);
            /* A keyfile holds properties and data in one group; data with the name of a property is
             * lost. */
            g_assert_true(
                key->scope != WL_KEY_OF_PROFILE ||
                !g_object_class_find_property((GObjectClass *) (void *) setting, key->name));
        }
        if (key->file_name) {
            g_autofree char *upper = g_ascii_strup(key->file_name, -1);

            g_assert_true(
                g_hash_table_add(names, g_strdup_printf("file %d %s", key->section, upper)));
            g_assert_true(wl_profile_keys_find_in_file(key->section, upper) == key);
        }
        /* The flags of a secret follow it. */
        if (key->type == WL_KEY_TYPE_FLAGS) {
            g_autofree char *name = g_strconcat(keys[i - 1].name, "-flags", NULL);

            g_assert_true(keys[i - 1].secret);
            g_assert_cmpstr(key->name, ==, name);
        }
    }
}

static void
test_split_peer(void)
{
    static const char *const bad[] = {
        "peer-0-name", "peer-01-name",      "peer--name", "peer-1",     "peer-1-",
        "peer-x-name", "peer-1000000-name", "name",       "peer-1name", "Peer-1-name",
    };
    const char *rest;
    guint number;

    g_assert_true(wl_profile_keys_split_peer("peer-1-allowed-ips", &number, &rest));
    g_assert_cmpuint(number, ==, 1);
    g_assert_cmpstr(rest, ==, "allowed-ips");
    g_assert_true(wl_profile_keys_split_peer("peer-999999-name", &number, &rest));
    g_assert_cmpuint(number, ==, WL_PROFILE_MAX_PEER_NUMBER);
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(wl_profile_keys_split_peer(bad[i], &number, &rest));
}

typedef struct {
    const char *key; /* peer keys with the prefix "peer-" */
    const char *text;
    const char *expected; /* canonical text; NULL: refused; "": accepted, nothing to write */
    const char *fragment; /* of the error */
} Value;

static const Value values[] = {
    {"private-key", PRIVATE_KEY, PRIVATE_KEY},
    {"private-key", "abc", NULL, "the value is not a WireGuard key"},
    {"peer-public-key", HUB_KEY, HUB_KEY},
    {"peer-public-key", "abc", NULL, "\"abc\" is not a WireGuard key; a key is 44 base64"},
    {"peer-public-key", "FSXZOoplXTlQyHxwmOZ2AY72AHFggajo2gV46747tzR=", NULL, "\"FSXZOopl…\""},
    {"peer-public-key", "FSXZOoplXTlQyHxwmOZ2AY72AHFggajo2gV46747tzQ", NULL, "44 base64"},
    {"peer-public-key", "FSXZOoplXTlQyHxwmOZ2AY72AHFggajo2gV46747t!Q=", NULL, "44 base64"},
    {"peer-public-key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", NULL, "zeros"},
    {"private-key-flags", "0", "0"},
    {"private-key-flags", "8", NULL, "from 0 to 7"},
    {"wirelink-version", "1", "1"},
    {"wirelink-version", "2", NULL, "supports only 1"},
    {"address", "10.77.0.2/24", "10.77.0.2/24"},
    {"address", " 10.77.0.2/24 , fd77:0::2/64;192.168.0.1 ",
     "10.77.0.2/24 fd77::2/64 192.168.0.1/32"},
    {"address", "fd77::2", "fd77::2/128"},
    {"address", "10.77.0.2/33", NULL,
     "\"10.77.0.2/33\" has no valid prefix length; use a number from 0 to 32"},
    {"address", "fd77::2/129", NULL, "from 0 to 128"},
    {"address", "10.77.0.2/", NULL, "no valid prefix length"},
    {"address", "10.77.0.2/024", NULL, "no valid prefix length"},
    {"address", "10.77.0.2/0", NULL, "has the prefix length 0"},
    {"address", "10.77.0/24", NULL, "is not an IP address"},
    {"address", "10.77.0.256/24", NULL, "is not an IP address"},
    {"address", "010.77.0.2/24", NULL, "is not an IP address"},
    {"address", "laptop", NULL, "write one like 10.77.0.2/24"},
    {"address", "fe80::1/64", NULL, "link-local"},
    {"address", "febf::1/64", NULL, "link-local"},
    {"address", "fec0::1/64", "fec0::1/64"},
    {"address", "::ffff:10.0.0.1/128", NULL, "IPv4 address in IPv6 form"},
    {"address", "127.0.0.1/8", NULL, "cannot be the address of a host"},
    {"address", "::1/128", NULL, "cannot be the address of a host"},
    {"address", "0.0.0.0/8", NULL, "cannot be the address of a host"},
    {"address", "224.0.0.1/24", NULL, "cannot be the address of a host"},
    {"address", "ff02::1/64", NULL, "cannot be the address of a host"},
    {"networks", "10.77.3.4/16 fd77:1:2:3::/48", "10.77.0.0/16 fd77:1:2::/48"},
    {"peer-allowed-ips", "10.77.0.9/24,10.77.0.8/24;10.1.1.1", "10.77.0.0/24 10.1.1.1/32"},
    {"peer-allowed-ips", "0.0.0.0/0 ::/0", "0.0.0.0/0 ::/0"},
    {"peer-allowed-ips", "255.255.255.255/1 ffff::/7 1:2:3:4:5:6:7:ffff/121",
     "128.0.0.0/1 fe00::/7 1:2:3:4:5:6:7:ff80/121"},
    {"peer-allowed-ips", "fe80::1234/128", NULL, "derived from the keys"},
    {"peer-allowed-ips", "", ""},
    {"peer-endpoint", "hub.example.net:51820", "hub.example.net:51820"},
    {"peer-endpoint", "192.0.2.1:1 [2001:DB8:0::1]:65535", "192.0.2.1:1 [2001:db8::1]:65535"},
    {"peer-endpoint", "hub:51820 hub:51820", "hub:51820"},
    {"peer-endpoint", "hub", NULL, "\"hub\" has no port; write it like hub.example.net:51820"},
    {"peer-endpoint", "hub:", NULL, "no valid port"},
    {"peer-endpoint", "hub:0", NULL, "from 1 to 65535"},
    {"peer-endpoint", "hub:65536", NULL, "from 1 to 65535"},
    {"peer-endpoint", "hub:http", NULL, "no valid port"},
    {"peer-endpoint", ":51820", NULL, "no host name or IP address"},
    {"peer-endpoint", "2001:db8::1:51820", NULL, "no brackets around the IPv6 address"},
    {"peer-endpoint", "[2001:db8::1]", NULL, "has no port"},
    {"peer-endpoint", "[2001:db8::1%eth0]:1", NULL, "no IPv6 address in brackets"},
    {"peer-endpoint", "[", NULL, "has no port"},
    {"peer-endpoint", "[]:1", NULL, "no IPv6 address in brackets"},
    {"peer-endpoint", "]:1", NULL, "no host name"},
    {"peer-endpoint", "1.2.3.400:1", NULL, "no host name or IP address"},
    {"peer-endpoint", "1.2.3:1", NULL, "no host name or IP address"},
    {"peer-endpoint", "a..b:1", NULL, "no host name"},
    {"peer-endpoint", "-a:1", NULL, "no host name"},
    {"peer-endpoint", "a/b:1", NULL, "no host name"},
    {"peer-endpoint", "0.0.0.0:1", NULL, "not the address of a single host"},
    {"peer-endpoint", "[ff02::1]:1", NULL, "not the address of a single host"},
    {"peer-endpoint", "[::]:1", NULL, "not the address of a single host"},
    {"listen-port", "0", ""},
    {"listen-port", "51820", "51820"},
    {"listen-port", "65536", NULL,
     "\"65536\" is not valid; use a number from 1 to 65535, or 0 (random"},
    {"listen-port", "-1", NULL, "from 1 to 65535"},
    {"listen-port", "051820", NULL, "from 1 to 65535"},
    {"listen-port", "99999999999999999999999", NULL, "from 1 to 65535"},
    {"fact-port", "0", NULL, "\"0\" is not valid; use a number from 1 to 65535"},
    {"mtu", "1280", "1280"},
    {"mtu", "1279", NULL, "from 1280 to 65455, or 0 (automatic)"},
    {"peer-keepalive", "off", ""},
    {"peer-keepalive", "25", "25"},
    {"peer-keepalive", "25s", NULL, "or 0 (off)"},
    {"chatty", "yes", "yes"},
    {"chatty", "TRUE", "yes"},
    {"chatty", "1", "yes"},
    {"chatty", "no", ""},
    {"chatty", "false", ""},
    {"chatty", "0", ""},
    {"chatty", "maybe", NULL, "\"maybe\" is not valid; use yes or no"},
    {"role", "Router", "router"},
    {"role", "leaf", "leaf"},
    {"role", "automatic", ""},
    {"role", "hub", NULL, "\"hub\" is not valid; use automatic, leaf or router"},
    {"peer-trust", "membership", "Membership"},
    {"peer-trust", "full", NULL,
     "use Untrusted, Endpoint, AllowedIPs, Membership or DelegateTrust"},
    {"member-name", "Zoë's laptop", "Zoë's laptop"},
    {"member-name", "a\tb", NULL, "control character"},
    {"member-name", "a\342\200\250b", NULL, "control character"},
    {"member-name", "a\342\200\256b", NULL, "direction mark"},
    {"member-name", "a\356\200\200b", NULL, "cannot be shown"},
    {"member-name", "a\377b", NULL, "not UTF-8"},
    {"link-name", "wl0", "wl0"},
    {"link-name", "sixteen-letters-", NULL, "1 to 15 characters"},
    {"link-name", "a/b", NULL, "is not a valid interface name"},
    {"link-name", "wl%d", NULL, "is not a valid interface name"},
    {"link-name", "..", NULL, "is not a valid interface name"},
    {"hide-interfaces", "docker*, virbr? veth[^a-c] x\\[y", "docker* virbr? veth[^a-c] x\\[y"},
    {"hide-interfaces", "veth[a", NULL, "\"veth[a\" is not a valid pattern"},
    {"hide-interfaces", "veth[]", NULL, "is not a valid pattern"},
    {"hide-interfaces", "veth\\", NULL, "is not a valid pattern"},
    {"hide-interfaces", "veth[a\\", NULL, "is not a valid pattern"},
    {"announce-interfaces", "[", NULL, "is not a valid pattern"},
    {"announce-interfaces", "[^", NULL, "is not a valid pattern"},
};

static void
test_values(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        const Value *value = &values[i];
        gboolean of_peer = g_str_has_prefix(value->key, "peer-");
        const WlProfileKey *key =
            wl_profile_keys_find(of_peer ? WL_KEY_OF_PEER : WL_KEY_OF_PROFILE,
                                 of_peer ? value->key + strlen("peer-") : value->key);
        g_autoptr(WlProfile) profile = wl_profile_new();
        g_autoptr(WlProfilePeer) peer = wl_profile_peer_new();
        gpointer structure = of_peer ? (gpointer) peer : (gpointer) profile;
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;
        g_autofree char *escaped = g_strescape(value->text, NULL);
        gboolean ok;

        g_test_message("%s=%s", value->key, escaped);
        g_assert_nonnull(key);
        ok = wl_profile_value_parse(key, value->text, FALSE, structure, &error);
        if (!value->expected) {
            g_assert_false(ok);
            g_assert_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_VALUE);
            if (!strstr(error->message, value->fragment))
                g_error("\"%s\" does not contain \"%s\"", error->message, value->fragment);
            continue;
        }
        g_assert_no_error(error);
        g_assert_true(ok);
        text = wl_profile_value_format(key, structure, " ");
        g_assert_cmpstr(text ? text : "", ==, value->expected);
        /* A written value is read as the same. */
        g_assert_true(!text || wl_profile_value_parse(key, text, FALSE, structure, NULL));
        g_clear_pointer(&text, g_free);
        text = wl_profile_value_format(key, structure, " ");
        g_assert_cmpstr(text ? text : "", ==, value->expected);
    }
}

/* A list with too many entries is refused, and nothing changes on error. */
static void
test_list_bounds(void)
{
    const WlProfileKey *key = wl_profile_keys_find(WL_KEY_OF_PEER, "endpoint");
    g_autoptr(WlProfilePeer) peer = wl_profile_peer_new();
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *long_text = g_strnfill(WL_PROFILE_MAX_VALUE + 1, 'a');
    g_autofree char *long_name = g_strnfill(WL_PROFILE_MAX_NAME + 1, 'a');

    for (guint i = 1; i <= WL_PROFILE_MAX_ENDPOINTS; i++)
        g_string_append_printf(text, "hub:%u ", i);
    g_assert_true(wl_profile_value_parse(key, text->str, FALSE, peer, NULL));
    g_assert_cmpuint(peer->endpoints->len, ==, WL_PROFILE_MAX_ENDPOINTS);
    g_assert_true(wl_profile_value_parse(key, "hub:1", TRUE, peer, NULL));
    g_assert_false(wl_profile_value_parse(key, "hub:65", TRUE, peer, &error));
    g_assert_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_VALUE);
    g_assert_nonnull(strstr(error->message, "at most 64"));
    g_assert_cmpuint(peer->endpoints->len, ==, WL_PROFILE_MAX_ENDPOINTS);
    g_assert_false(wl_profile_value_parse(key, "hub:1 hub", FALSE, peer, NULL));
    g_assert_cmpuint(peer->endpoints->len, ==, WL_PROFILE_MAX_ENDPOINTS);
    g_assert_false(wl_profile_value_parse(key, long_text, FALSE, peer, NULL));

    key = wl_profile_keys_find(WL_KEY_OF_PEER, "name");
    g_assert_false(wl_profile_value_parse(key, long_name, FALSE, peer, NULL));
    g_assert_true(wl_profile_value_parse(key, long_name + 1, FALSE, peer, NULL));
}

static void
test_quote(void)
{
    static const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        {"abc", "\"abc\""},
        {"a\033[1mb\n", "\"a?[1mb?\""},
        /* reversed by a direction mark, private use, unassigned, a line separator */
        {"a\u202eb\u200fc", "\"a?b?c\""},
        {"\ue000\U000f0000", "\"??\""},
        {"\u0378\u2028", "\"??\""},
        {PRIVATE_KEY, "\"xDCkVfhC…\""},
        {"x " PRIVATE_KEY, "\"x xDCkVf…\""},
    };
    g_autofree char *long_text = g_strnfill(100, '.');
    g_autofree char *quoted = wl_profile_value_quote(long_text);

    g_assert_cmpuint(strlen(quoted), ==, 60 + strlen("\"…\""));
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = wl_profile_value_quote(cases[i].text);

        g_assert_cmpstr(text, ==, cases[i].expected);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/profile/keys/table", test_table);
    g_test_add_func("/profile/keys/split-peer", test_split_peer);
    g_test_add_func("/profile/value/table", test_values);
    g_test_add_func("/profile/value/list-bounds", test_list_bounds);
    g_test_add_func("/profile/value/quote", test_quote);
    return g_test_run();
}
