/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Creating a network, joining one with a file, and adding phones. */

#include "editor-test.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/wl-phone.h"
#include "model/wl-start.h"
#include "wl-key-pair.h"
#include "wl-network.h"
#include "wl-profile-error.h"
#include "wl-profile-text.h"
#include "wl-wgquick.h"

#define NOTE "extra-wirelink-X-Endpoint"

static WlEditorModel *
create(const char *endpoint, const char *networks)
{
    g_autoptr(NMConnection) connection = nm_simple_connection_new();
    g_autoptr(GError) error = NULL;
    WlEditorModel *model = wl_editor_model_new();

    wl_editor_model_load(model, connection);
    g_assert_true(wl_editor_start_create(model, "hub", endpoint, networks, &error));
    g_assert_no_error(error);
    return model;
}

static void
assert_text(WlEditorModel *model, WlEditorPeer *peer, const char *key, const char *text)
{
    g_assert_cmpstr(wl_editor_model_get_text(model, peer, key), ==, text);
}

static void
count(WlEditorModel *model, WlEditorChange change, gpointer user_data)
{
    ++*(guint *) user_data;
}

static void
test_suggest(void)
{
    for (guint i = 0; i < 50; i++) {
        g_autofree char *text = wl_editor_start_suggest_networks();
        g_autofree char *other = wl_editor_start_suggest_networks();
        g_autoptr(GArray) networks = g_array_new(FALSE, FALSE, sizeof(WlPrefix));

        g_assert_true(wl_network_parse(text, networks, NULL));
        g_assert_cmpuint(networks->len, ==, 2);
        g_assert_true(g_str_has_prefix(text, "10."));
        g_assert_cmpint(atoi(text + 3), >=, 64);
        g_assert_cmpint(atoi(text + 3), <, 128);
        g_assert_cmpstr(text, !=, other);
    }
}

static void
test_create(void)
{
    g_autoptr(WlEditorModel) model = create("hub.example.net:51900", "10.77.0.0/24, fd77::/64");
    g_autofree char *key = wl_editor_model_dup_public_key(model);

    assert_text(model, NULL, "member-name", "hub");
    assert_text(model, NULL, "address", "10.77.0.1/24, fd77::1/64");
    assert_text(model, NULL, "listen-port", "51900");
    assert_text(model, NULL, "role", "router");
    g_assert_nonnull(key);
    g_assert_true(wl_editor_phone_is_possible(model));
    g_assert_cmpstr(wl_editor_phone_get_endpoint(model), ==, "hub.example.net:51900");
}

static const struct {
    const char *name, *endpoint, *networks, *error;
} refused[] = {
    {"", "hub.example.net", "10.77.0.0/24", "a member name is 1 to 63 bytes"},
    {"a/b", "hub.example.net", "10.77.0.0/24", "a member name is"},
    {"hub", "", "10.77.0.0/24", "enter a name or an address of this machine"},
    {"hub", "hub.example.net:0", "10.77.0.0/24", "port"},
    {"hub", "hub.example.net", "", "no network given"},
    {"hub", "hub.example.net", "10.77.0.0", "10.77.0.0"},
    {"hub", "hub.example.net", "10.77.0.0/31", "is not a network for members"},
    {"hub", "hub.example.net", "10.77.0.0/24, 10.77.0.128/25", "overlaps"},
};

static void
test_create_refused(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(WlEditorModel) model = wl_editor_model_new();
        g_autoptr(GError) error = NULL;
        guint n_changes = 0;

        wl_editor_model_set_changed_func(model, count, &n_changes);
        g_test_message("%u", i);
        g_assert_false(wl_editor_start_create(model, refused[i].name, refused[i].endpoint,
                                              refused[i].networks, &error));
        g_assert_true(error->domain == WL_PROFILE_ERROR);
        if (!strstr(error->message, refused[i].error))
            g_error("%s", error->message);
        g_assert_cmpuint(n_changes, ==, 0);
        g_assert_false(wl_editor_model_is_changed(model));
    }
}

/* What the phone reads from the code. */
static WlProfileFile *
parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    WlProfileFile *file = wl_wgquick_parse_plain(text, strlen(text), "phone", &error);

    g_assert_no_error(error);
    return file;
}

static void
test_phone(void)
{
    g_autoptr(WlEditorModel) model = create("hub.example.net", "10.77.0.0/24, fd77::/64");
    g_autoptr(NMConnection) connection = nm_simple_connection_new();
    g_autofree char *hub_key = wl_editor_model_dup_public_key(model);
    g_autofree char *name = wl_editor_phone_suggest_name(model);
    g_autoptr(WlProfileFile) file = NULL;
    g_autofree char *public_key = NULL;
    g_autoptr(GError) error = NULL;
    const WlProfilePeer *hub;
    WlEditorPeer *peer;
    char *text;

    g_assert_cmpstr(name, ==, "phone");
    text = wl_editor_phone_add(model, name, "hub.example.net", &error);
    g_assert_no_error(error);
    file = parse(text);
    wl_profile_wipe_free(text);
    g_assert_cmpstr(file->profile->addresses->pdata[0], ==, "10.77.0.2/24");
    g_assert_cmpstr(file->profile->addresses->pdata[1], ==, "fd77::2/64");
    hub = file->profile->peers->pdata[0];
    g_assert_cmpstr(hub->public_key, ==, hub_key);
    g_assert_cmpstr(hub->endpoints->pdata[0], ==, "hub.example.net:51820");
    g_assert_cmpuint(hub->keepalive, >, 0);

    public_key = wl_key_pair_public_of(file->profile->private_key);
    peer = wl_editor_model_find_peer(model, public_key);
    g_assert_nonnull(peer);
    assert_text(model, peer, "name", "phone");
    assert_text(model, peer, "allowed-ips", "10.77.0.2/32, fd77::2/128");
    assert_text(model, peer, "basic", "yes");

    g_assert_true(wl_editor_model_apply(model, connection, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(test_data(connection, NOTE), ==, "hub.example.net:51820");
    g_assert_cmpstr(test_data(connection, "listen-port"), ==, "51820");
    g_assert_cmpstr(test_data(connection, "peer-1-public-key"), ==, public_key);
}

/* The private key of the phone is in its file alone. */
static void
find_key(const char *key, const char *value, gpointer wanted)
{
    g_assert_null(strstr(value, wanted));
}

static void
test_phone_key_is_not_kept(void)
{
    g_autoptr(WlEditorModel) model = create("hub.example.net", "10.77.0.0/24");
    g_autoptr(NMConnection) connection = nm_simple_connection_new();
    char *text = wl_editor_phone_add(model, "phone", "hub.example.net", NULL);
    g_autoptr(WlProfileFile) file = parse(text);
    char *key = file->profile->private_key;

    wl_profile_wipe_free(text);
    g_assert_true(wl_editor_model_apply(model, connection, NULL));
    nm_setting_vpn_foreach_data_item(nm_connection_get_setting_vpn(connection), find_key, key);
    nm_setting_vpn_foreach_secret(nm_connection_get_setting_vpn(connection), find_key, key);
}

/* The endpoint is noted in the profile, and each phone has an address of its own, which no peer and
 * no discovered member has. */
static void
test_phones(void)
{
    g_autoptr(WlEditorModel) created = create("192.0.2.1", "10.77.0.0/24");
    g_autoptr(NMConnection) connection = nm_simple_connection_new();
    g_autoptr(WlEditorModel) model = wl_editor_model_new();
    WlEditorLivePeer member = {.public_key = (char *) LAPTOP_KEY,
                               .name = (char *) "Phone 2",
                               .address = (char *) "10.77.0.3"};
    WlEditorLive *live = wl_editor_live_new();
    char *text = wl_editor_phone_add(created, "phone", "192.0.2.1", NULL);

    wl_profile_wipe_free(text);
    g_assert_true(wl_editor_model_apply(created, connection, NULL));
    wl_editor_model_load(model, connection);
    g_assert_cmpstr(wl_editor_phone_get_endpoint(model), ==, "192.0.2.1:51820");
    wl_editor_live_add_peer(live, &member);
    wl_editor_model_set_live(model, live);
    for (guint i = 0; i < 3; i++) {
        g_autofree char *name = wl_editor_phone_suggest_name(model);
        const char *names[] = {"phone 3", "phone 4", "phone 5"};
        const char *addresses[] = {"10.77.0.4/32", "10.77.0.5/32", "10.77.0.6/32"};

        g_assert_cmpstr(name, ==, names[i]);
        text = wl_editor_phone_add(model, name, wl_editor_phone_get_endpoint(model), NULL);
        g_assert_nonnull(text);
        wl_profile_wipe_free(text);
        assert_text(model, wl_editor_model_get_peer(model, i + 1), "allowed-ips", addresses[i]);
    }
    g_assert_null(wl_editor_phone_add(model, "PHONE", "192.0.2.1", NULL));
    g_assert_cmpuint(wl_editor_model_get_n_peers(model), ==, 4);
}

static void
assert_no_phone(WlEditorModel *model, const char *name, const char *endpoint, const char *part)
{
    g_autoptr(GError) error = NULL;
    guint n_peers = wl_editor_model_get_n_peers(model), n_changes = 0;

    wl_editor_model_set_changed_func(model, count, &n_changes);
    g_assert_null(wl_editor_phone_add(model, name, endpoint, &error));
    g_assert_true(error->domain == WL_PROFILE_ERROR);
    if (!strstr(error->message, part))
        g_error("%s", error->message);
    g_assert_cmpuint(wl_editor_model_get_n_peers(model), ==, n_peers);
    g_assert_cmpuint(n_changes, ==, 0);
}

static void
test_phone_refused(void)
{
    g_autoptr(WlEditorModel) hub = create("192.0.2.1", "10.77.0.0/24");
    g_autoptr(WlEditorModel) small = create("192.0.2.1", "10.77.0.0/30");
    g_autoptr(WlEditorModel) leaf = test_model_of_two();
    char *text = wl_editor_phone_add(small, "phone", "192.0.2.1", NULL);

    wl_profile_wipe_free(text);
    assert_no_phone(hub, "", "192.0.2.1", "a member name is");
    assert_no_phone(hub, "hub", "192.0.2.1", "already exists");
    assert_no_phone(hub, "phone", "nowhere:x", "");
    assert_no_phone(small, "another", "192.0.2.1", "no free address in 10.77.0.0/30");
    g_assert_false(wl_editor_phone_is_possible(leaf));
    assert_no_phone(leaf, "phone", "192.0.2.1", "not the hub");
    wl_editor_model_set_text(hub, NULL, "private-key", "");
    assert_no_phone(hub, "phone", "192.0.2.1", "no private key");
}

/* Automatic: a router if no peer is one. */
static void
test_phone_is_possible(void)
{
    const char *const alone[] = {"address=10.77.0.1/24", "peer-1-allowed-ips=10.77.0.2/32", NULL};
    const char *const leaf[] = {"address=10.77.0.1/24", "role=leaf", NULL};
    const char *const router[] = {"address=10.77.0.1/24", "role=router",
                                  "peer-1-allowed-ips=10.77.0.0/24", NULL};
    const char *const none[] = {"role=router", NULL};
    g_autoptr(WlEditorModel) a = test_model(alone);
    g_autoptr(WlEditorModel) b = test_model(leaf);
    g_autoptr(WlEditorModel) c = test_model(router);
    g_autoptr(WlEditorModel) d = test_model(none);

    g_assert_true(wl_editor_phone_is_possible(a));
    g_assert_false(wl_editor_phone_is_possible(b));
    g_assert_true(wl_editor_phone_is_possible(c));
    g_assert_false(wl_editor_phone_is_possible(d));
}

static char *
write_file(const char *text)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("XXXXXX.wirelink", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    g_close(fd, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return g_steal_pointer(&path);
}

#define PEER "\n[Peer]\nPublicKey = " HUB_KEY "\nAllowedIPs = 10.77.0.0/24\n"

static void
test_join(void)
{
    g_autofree char *path =
        write_file("[Interface]\nPrivateKey = " PRIVATE_KEY "\nAddress = 10.77.0.2/24\n"
                   "\n[Wirelink]\nName = laptop\nX-Note = kept\n" PEER);
    g_autoptr(WlEditorModel) model = wl_editor_model_new();
    g_autoptr(NMConnection) connection = nm_simple_connection_new();
    g_autoptr(GError) error = NULL;

    g_assert_true(wl_editor_start_join(model, path, &error));
    g_assert_no_error(error);
    g_unlink(path);
    assert_text(model, NULL, "member-name", "laptop");
    g_assert_cmpuint(wl_editor_model_get_n_peers(model), ==, 1);
    g_assert_true(wl_editor_model_is_valid(model, NULL, NULL));
    g_assert_true(wl_editor_model_apply(model, connection, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(test_secret(connection, "private-key"), ==, PRIVATE_KEY);
    g_assert_cmpstr(test_data(connection, "extra-wirelink-X-Note"), ==, "kept");
}

static void
assert_no_join(const char *text, const char *part)
{
    g_autofree char *path = write_file(text);
    g_autoptr(WlEditorModel) model = wl_editor_model_new();
    g_autoptr(GError) error = NULL;

    g_assert_false(wl_editor_start_join(model, path, &error));
    g_unlink(path);
    if (!strstr(error->message, part))
        g_error("%s", error->message);
    g_assert_false(wl_editor_model_is_changed(model));
}

static void
test_join_refused(void)
{
    g_autoptr(WlEditorModel) model = wl_editor_model_new();
    g_autoptr(GError) error = NULL;

    g_assert_false(wl_editor_start_join(model, "/nonexistent.wirelink", &error));
    g_assert_nonnull(strstr(error->message, "nonexistent.wirelink"));
    assert_no_join("no file", "");
    assert_no_join("{\"Peers\": []}", "wirelinkctl convert");
    assert_no_join("[Interface]\nPrivateKey = " PRIVATE_KEY "\nAddress = 10.77.0.2/24\n"
                   "DNS = 10.77.0.1\n\n[Wirelink]\n" PEER,
                   "contains DNS servers");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/editor/start/suggest", test_suggest);
    g_test_add_func("/editor/start/create", test_create);
    g_test_add_func("/editor/start/create-refused", test_create_refused);
    g_test_add_func("/editor/start/join", test_join);
    g_test_add_func("/editor/start/join-refused", test_join_refused);
    g_test_add_func("/editor/phone/add", test_phone);
    g_test_add_func("/editor/phone/key-is-not-kept", test_phone_key_is_not_kept);
    g_test_add_func("/editor/phone/several", test_phones);
    g_test_add_func("/editor/phone/refused", test_phone_refused);
    g_test_add_func("/editor/phone/is-possible", test_phone_is_possible);
    return g_test_run();
}
