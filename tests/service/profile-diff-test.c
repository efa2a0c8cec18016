/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Comparison of a stored profile with the active one: what is applied immediately, what is pending,
 * and preshared keys that are not available. tests/nm/profile-reload.sh tests this with
 * NetworkManager. */

#include "wl-engine-config-from-profile.h"
#include "wl-profile-connection.h"
#include "wl-profile-diff.h"
#include "wl-test-profile.h"

/* 32 bytes of 2 and of 3 */
#define SHARED       "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
#define OTHER_SHARED "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM="
#define THIRD_PUBLIC "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08="

typedef struct {
    NMConnection *connection; /* as stored */
    WlProfile *activated;
    WlEngineConfig *config;
    WlKey public_key;
    WlProfileDiff *change;
} Fixture;

static void
set(Fixture *self, const char *name, const char *value)
{
    nm_setting_vpn_add_data_item(nm_connection_get_setting_vpn(self->connection), name, value);
}

static void
set_secret(Fixture *self, const char *name, const char *value)
{
    nm_setting_vpn_add_secret(nm_connection_get_setting_vpn(self->connection), name, value);
}

/* Activates the stored profile. */
static void
activate(Fixture *self)
{
    g_autoptr(GError) error = NULL;

    g_clear_pointer(&self->activated, wl_profile_free);
    g_clear_pointer(&self->config, wl_engine_config_free);
    self->activated =
        wl_profile_from_connection(self->connection, WL_PROFILE_CHECK_SECRETS, &error);
    g_assert_no_error(error);
    self->config = wl_engine_config_from_profile(self->activated, &error);
    g_assert_no_error(error);
    g_assert_true(wl_key_derive_public(&self->config->private_key, &self->public_key));
}

static WlProfileDiff *
look(Fixture *self, GError **error)
{
    WlActiveProfile running = {
        .profile = self->activated,
        .interface = INTERFACE,
        .public_key = &self->public_key,
        .config = self->config,
    };

    WlProfile *stored =
        wl_profile_from_connection(self->connection, WL_PROFILE_CHECK_DEFAULT, error);
    g_autofree char *link_name = stored ? wl_profile_get_link_name(stored, self->connection) : NULL;

    g_clear_pointer(&self->change, wl_profile_diff_free);
    self->change = stored ? wl_profile_diff_new(&running, stored, link_name, error) : NULL;
    return self->change;
}

static const WlPeerConfig *
peer(const Fixture *self, guint index)
{
    return self->change->config->peers->pdata[index];
}

static void
assert_waiting(Fixture *self, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new(NULL);

    look(self, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < self->change->pending->len; i++)
        g_string_append_printf(text, "%s%s", i ? " " : "",
                               (const char *) self->change->pending->pdata[i]);
    g_assert_cmpstr(text->str, ==, expected);
}

static void
set_up(Fixture *self, gconstpointer data)
{
    self->connection = wl_test_profile_new();
    activate(self);
}

static void
tear_down(Fixture *self, gconstpointer data)
{
    g_object_unref(self->connection);
    wl_profile_free(self->activated);
    wl_engine_config_free(self->config);
    wl_profile_diff_free(self->change);
}

static void
test_same(Fixture *self, gconstpointer data)
{
    assert_waiting(self, "");
    g_assert_cmpuint(self->change->preshared_keys->len, ==, 0);
    g_assert_cmpuint(self->change->config->peers->len, ==, 1);
    /* the same in a different notation */
    set(self, "chatty", "no");
    set(self, "mtu", "0");
    set(self, "full-tunnel", "");
    assert_waiting(self, "");
    /* changed without a stored private key */
    g_assert_null(self->change->profile->private_key);
    nm_connection_clear_secrets(self->connection);
    assert_waiting(self, "");
}

/* Each key of the profile, pending or not. */
static void
test_each_key(Fixture *self, gconstpointer data)
{
    static const struct {
        const char *key, *value;
        gboolean waits;
    } rows[] = {
        {"address", "10.77.0.2/24 fd77::2/64 10.78.0.3/32", TRUE},
        {"listen-port", "51825", TRUE},
        {"mtu", "1400", TRUE},
        {"member-name", "notebook", FALSE},
        {"role", "router", FALSE},
        {"fact-port", "51900", TRUE},
        {"networks", "10.77.0.0/16", FALSE},
        {"chatty", "yes", FALSE},
        {"autostart", "yes", FALSE},
        {"forwarding", "yes", FALSE},
        {"offer-exit", "yes", FALSE},
        {"shared-networks", "192.168.2.0/24", FALSE},
        {"link-name", "nmwl-home", TRUE},
        {"hide-interfaces", "docker*", FALSE},
        {"announce-interfaces", "eth*", FALSE},
        {"peer-1-name", "center", FALSE},
        {"peer-1-endpoint", "203.0.113.6:51820", FALSE},
        {"peer-1-allowed-ips", "10.77.0.0/24", FALSE},
        {"peer-1-keepalive", "25", FALSE},
        {"peer-1-trust", "Endpoint", FALSE},
        {"peer-1-basic", "yes", FALSE},
        {"peer-1-fact-exchanger", "yes", FALSE},
    };
    NMSettingVpn *vpn = nm_connection_get_setting_vpn(self->connection);

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *before = g_strdup(nm_setting_vpn_get_data_item(vpn, rows[i].key));

        set(self, rows[i].key, rows[i].value);
        assert_waiting(self, rows[i].waits ? rows[i].key : "");
        if (before)
            set(self, rows[i].key, before);
        else
            nm_setting_vpn_remove_data_item(vpn, rows[i].key);
    }
    set_secret(self, "private-key", SHARED);
    assert_waiting(self, "private-key");
}

/* Full tunnel and kill switch follow the profile, whichever peers have default routes. */
static void
test_full_tunnel(Fixture *self, gconstpointer data)
{
    set(self, "peer-1-allowed-ips", "0.0.0.0/0");
    activate(self);
    set(self, "full-tunnel", "yes");
    assert_waiting(self, "");
    activate(self);
    set(self, "kill-switch", "yes");
    assert_waiting(self, "");
    set(self, "kill-switch", "no");
    set(self, "peer-1-allowed-ips", "10.77.0.0/24");
    set(self, "peer-2-public-key", THIRD_PUBLIC);
    set(self, "peer-2-allowed-ips", "0.0.0.0/0 ::/0");
    assert_waiting(self, "");
    set(self, "full-tunnel", "no");
    assert_waiting(self, "");
}

static void
test_keys(Fixture *self, gconstpointer data)
{
    set_secret(self, "peer-1-preshared-key", SHARED);
    activate(self);
    assert_waiting(self, "");
    g_assert_true(peer(self, 0)->has_preshared_key);
    g_assert_cmpuint(self->change->preshared_keys->len, ==, 0);

    set_secret(self, "peer-1-preshared-key", OTHER_SHARED);
    assert_waiting(self, "");
    g_assert_cmpint(peer(self, 0)->preshared_key.bytes[0], ==, 3);
    g_assert_cmpstr(self->change->preshared_keys->pdata[0], ==, "peer-1-preshared-key");

    /* an agent stores the key: the active key remains */
    nm_setting_vpn_remove_secret(nm_connection_get_setting_vpn(self->connection),
                                 "peer-1-preshared-key");
    set(self, "peer-1-preshared-key-flags", "1");
    assert_waiting(self, "");
    g_assert_cmpint(peer(self, 0)->preshared_key.bytes[0], ==, 2);
    g_assert_cmpuint(self->change->preshared_keys->len, ==, 0);

    /* or the key was removed */
    nm_setting_vpn_remove_data_item(nm_connection_get_setting_vpn(self->connection),
                                    "peer-1-preshared-key-flags");
    assert_waiting(self, "");
    g_assert_false(peer(self, 0)->has_preshared_key);
    g_assert_cmpuint(self->change->preshared_keys->len, ==, 1);
}

static void
test_unknown_keys(Fixture *self, gconstpointer data)
{
    /* an active peer without a key stays active */
    set(self, "peer-1-preshared-key-flags", "2");
    assert_waiting(self, "peer-1-preshared-key");
    g_assert_cmpuint(self->change->config->peers->len, ==, 1);
    g_assert_cmpuint(self->change->skipped_peers->len, ==, 0);

    /* the new peer is skipped, the one after it is not */
    nm_setting_vpn_remove_data_item(nm_connection_get_setting_vpn(self->connection),
                                    "peer-1-preshared-key-flags");
    set(self, "peer-2-public-key", THIRD_PUBLIC);
    set(self, "peer-2-preshared-key-flags", "1");
    set(self, "peer-3-public-key", SHARED);
    assert_waiting(self, "peer-2-preshared-key");
    g_assert_cmpuint(self->change->config->peers->len, ==, 2);
    g_assert_cmpint(peer(self, 1)->public_key.bytes[0], ==, 2);
    g_assert_cmpstr(self->change->skipped_peers->pdata[0], ==, "peer-2-");

    /* applied as soon as it is available, even without another change */
    set_secret(self, "peer-2-preshared-key", OTHER_SHARED);
    assert_waiting(self, "");
    g_assert_cmpuint(self->change->config->peers->len, ==, 3);
    g_assert_cmpuint(self->change->preshared_keys->len, ==, 1);
    g_assert_cmpstr(self->change->preshared_keys->pdata[0], ==, "peer-2-preshared-key");
    nm_setting_vpn_remove_secret(nm_connection_get_setting_vpn(self->connection),
                                 "peer-2-preshared-key");

    /* unless it is not required */
    set(self, "peer-2-preshared-key-flags", "5");
    assert_waiting(self, "");
    g_assert_cmpuint(self->change->config->peers->len, ==, 3);
}

static void
test_nonsense(Fixture *self, gconstpointer data)
{
    static const struct {
        const char *key, *value, *error;
    } rows[] = {
        {"peer-1-endpoint", "nowhere", "peer-1-endpoint: *"},
        {"peer-1-public-key", "no key", "peer-1-public-key: *"},
        {"peer-2-public-key", HUB_PUBLIC, "peer-2-public-key: *"},
        {"peer-2-public-key", OWN_PUBLIC, "peer-2-public-key: *"},
        {"address", "", "address: *"},
        {"role", "king", "role: *"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        g_object_unref(self->connection);
        self->connection = wl_test_profile_new();
        set(self, rows[i].key, rows[i].value);
        g_assert_null(look(self, &error));
        g_assert_true(g_pattern_match_simple(rows[i].error, error->message));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, func) g_test_add("/profile-diff/" name, Fixture, NULL, set_up, func, tear_down)
    ADD("equal-profile-changes-nothing", test_same);
    ADD("each-key", test_each_key);
    ADD("full-tunnel", test_full_tunnel);
    ADD("preshared-keys", test_keys);
    ADD("unavailable-preshared-keys", test_unknown_keys);
    ADD("invalid-profile-is-an-error", test_nonsense);
    return g_test_run();
}
