/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The list of peers: editing, searching, adding from files and from the live state. */

#include "editor-test.h"

#include <string.h>

static WlEditorChange seen;

static void
changed(WlEditorModel *model, WlEditorChange change, gpointer user_data)
{
    seen |= change;
}

static void
test_list(void)
{
    g_autoptr(WlEditorModel) model = test_model_of_two();
    WlEditorPeer *hub = wl_editor_model_get_peer(model, 0);
    WlEditorPeer *laptop = wl_editor_model_get_peer(model, 1);
    WlEditorPeer *fresh;
    g_autofree char *title = NULL;
    g_autofree char *key = NULL;

    wl_editor_model_set_changed_func(model, changed, NULL);
    g_assert_false(wl_editor_model_is_changed(model));
    wl_editor_model_move_peer(model, hub, 99);
    g_assert_cmpint(seen, ==, WL_EDITOR_CHANGE_PEERS);
    g_assert_true(wl_editor_model_get_peer(model, 1) == hub);
    g_assert_true(wl_editor_model_is_changed(model));
    wl_editor_model_move_peer(model, hub, 0);
    g_assert_false(wl_editor_model_is_changed(model));

    seen = 0;
    wl_editor_model_set_text(model, hub, "name", "hub");
    g_assert_cmpint(seen, ==, 0);
    wl_editor_model_set_text(model, hub, "name", "nas");
    g_assert_cmpint(seen, ==, WL_EDITOR_CHANGE_FIELD);
    wl_editor_model_set_text(model, hub, "name", "");
    title = wl_editor_peer_dup_title(hub);
    g_assert_cmpstr(title, ==, "FSXZOopl…");
    key = wl_editor_peer_dup_short_key(hub);
    g_assert_cmpstr(key, ==, "FSXZOopl");
    g_assert_true(wl_editor_model_find_peer(model, LAPTOP_KEY) == laptop);

    wl_editor_model_remove_peer(model, laptop);
    g_assert_cmpuint(wl_editor_model_get_n_peers(model), ==, 1);
    g_assert_null(wl_editor_model_find_peer(model, LAPTOP_KEY));
    fresh = wl_editor_model_add_peer(model);
    g_assert_true(wl_editor_peer_has_problem(fresh));
    g_assert_true(wl_editor_model_is_changed(model));
}

/* A removed peer comes back where it was, with its fields; only the last one does. */
static void
test_undo(void)
{
    g_autoptr(WlEditorModel) model = test_model_of_two();
    WlEditorPeer *hub = wl_editor_model_get_peer(model, 0);
    WlEditorPeer *laptop = wl_editor_model_get_peer(model, 1);
    guint position = 7;

    g_assert_null(wl_editor_model_undo_remove(model));
    g_assert_null(wl_editor_model_get_removed(model, &position));
    wl_editor_model_remove_peer(model, hub);
    g_assert_true(wl_editor_model_get_removed(model, &position) == hub);
    g_assert_cmpuint(position, ==, 0);
    g_assert_true(wl_editor_model_is_changed(model));
    wl_editor_model_set_changed_func(model, changed, NULL);
    seen = 0;
    g_assert_true(wl_editor_model_undo_remove(model) == hub);
    g_assert_cmpint(seen, ==, WL_EDITOR_CHANGE_PEERS);
    g_assert_true(wl_editor_model_get_peer(model, 0) == hub);
    g_assert_cmpstr(wl_editor_model_get_text(model, hub, "public-key"), ==, HUB_KEY);
    g_assert_false(wl_editor_model_is_changed(model));
    g_assert_null(wl_editor_model_undo_remove(model));

    wl_editor_model_remove_peer(model, hub);
    wl_editor_model_remove_peer(model, laptop);
    g_assert_true(wl_editor_model_undo_remove(model) == laptop);
    g_assert_null(wl_editor_model_undo_remove(model));
    g_assert_cmpuint(wl_editor_model_get_n_peers(model), ==, 1);
    /* a list that became shorter since */
    wl_editor_model_add_peer(model);
    wl_editor_model_remove_peer(model, wl_editor_model_get_peer(model, 1));
    g_assert_nonnull(wl_editor_model_undo_remove(model));
    g_assert_cmpuint(wl_editor_model_get_n_peers(model), ==, 2);
}

static void
test_search(void)
{
    g_autoptr(WlEditorModel) model = test_model_of_two();
    WlEditorPeer *hub = wl_editor_model_get_peer(model, 0);
    static const char *const found[] = {"",          "HUB",      "fsxz", "example.net:51",
                                        "10.77.0.0", "hub 51820"};
    static const char *const not_found[] = {"laptop", "10.99", "hub 51821"};

    for (guint i = 0; i < G_N_ELEMENTS(found); i++)
        g_assert_true(wl_editor_peer_matches(hub, found[i]));
    for (guint i = 0; i < G_N_ELEMENTS(not_found); i++)
        g_assert_false(wl_editor_peer_matches(hub, not_found[i]));
}

static void
test_file(void)
{
    static const char wgquick[] = "[Interface]\nPrivateKey = " PRIVATE_KEY "\n"
                                  "Address = 10.77.0.2/24\n"
                                  "[Peer]\nPublicKey = " LAPTOP_KEY "\n"
                                  "[Peer]\nPublicKey = " PHONE_KEY "\nPresharedKey = " PRESHARED_KEY
                                  "\nAllowedIPs = 10.77.0.9/32, fd77::9\nColor = blue\n";
    static const char go[] = "{\"Peers\": [{\"PublicKey\": \"" PHONE_KEY "\"}]}";
    g_autoptr(WlEditorModel) model = test_model_of_two();
    g_autoptr(NMConnection) connection = nm_simple_connection_new();
    g_autoptr(GError) error = NULL;
    WlEditorPeer *phone;
    guint added, known;

    g_assert_true(wl_editor_model_add_from_text(model, wgquick, strlen(wgquick), "wg0.conf", &added,
                                                &known, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(added, ==, 1);
    g_assert_cmpuint(known, ==, 1);
    phone = wl_editor_model_find_peer(model, PHONE_KEY);
    g_assert_cmpstr(wl_editor_model_get_text(model, phone, "preshared-key"), ==, PRESHARED_KEY);
    g_assert_cmpstr(wl_editor_model_get_text(model, phone, "allowed-ips"), ==,
                    "10.77.0.9/32, fd77::9/128");
    g_assert_true(wl_editor_model_apply(model, connection, &error));
    g_assert_cmpstr(test_data(connection, "peer-3-extra-Color"), ==, "blue");
    g_assert_cmpstr(test_secret(connection, "peer-3-preshared-key"), ==, PRESHARED_KEY);

    g_assert_false(
        wl_editor_model_add_from_text(model, go, strlen(go), "x.json", NULL, NULL, &error));
    g_assert_nonnull(strstr(error->message, "x.json: "));
    g_assert_nonnull(strstr(error->message, "wirelinkctl convert"));
    g_clear_error(&error);
    g_assert_false(wl_editor_model_add_from_text(model, "[Peer]\nPublicKey = bad\n", 23, "bad.conf",
                                                 NULL, NULL, &error));
    g_assert_nonnull(strstr(error->message, "bad.conf:2: PublicKey: "));
    g_clear_error(&error);
    g_assert_false(wl_editor_model_add_from_text(model, "\x89PNG", 4, "a.png", NULL, NULL, &error));
    g_assert_cmpuint(wl_editor_model_get_n_peers(model), ==, 3);
}

static void
test_wirehub(void)
{
    g_autoptr(WlEditorModel) model = test_model_of_two();
    g_autofree char *own = wl_editor_model_dup_public_key(model);
    g_autofree char *short_own = g_strndup(own, 43);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    guint added, known;

    g_strdelimit(short_own, "+", '-');
    g_strdelimit(short_own, "/", '_');
    text = g_strdup_printf("name home\nsubnet 10.77.0.0/24\ntrust me 10.77.0.2 %s\n"
                           "trust phone 10.77.0.9 %.43s\n",
                           short_own, "pHNt7Zh_ledy17AsjhbgB5LrunUNa3NSK5PlK7MHDKM");
    g_assert_true(wl_editor_model_add_from_text(model, text, strlen(text), "network", &added,
                                                &known, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(added, ==, 1);
    g_assert_cmpstr(
        wl_editor_model_get_text(model, wl_editor_model_find_peer(model, PHONE_KEY), "name"), ==,
        "phone");
    wl_editor_model_set_text(model, NULL, "private-key", "");
    g_assert_false(
        wl_editor_model_add_from_text(model, text, strlen(text), "network", NULL, NULL, &error));
    g_assert_nonnull(strstr(error->message, "private key"));
}

static WlEditorLive *
make_live(void)
{
    WlEditorLive *live = wl_editor_live_new();
    const WlEditorLivePeer hub = {.public_key = (char *) HUB_KEY,
                                  .name = (char *) "hub",
                                  .state = (char *) "direct",
                                  .reason = (char *) "It answers",
                                  .configured = TRUE};
    const WlEditorLivePeer phone = {
        .public_key = (char *) PHONE_KEY, .name = (char *) "phone", .state = (char *) "routed"};
    const WlEditorLiveFact facts[] = {
        {.subject = (char *) PHONE_KEY,
         .type = (char *) "allowed-ips",
         .value = (char *) "10.77.0.9/32",
         .source = (char *) HUB_KEY,
         .accepted = TRUE},
        {.subject = (char *) PHONE_KEY,
         .type = (char *) "allowed-ips",
         .value = (char *) "10.0.0.0/8",
         .source = (char *) LAPTOP_KEY},
        {.subject = (char *) HUB_KEY,
         .type = (char *) "allowed-ips",
         .value = (char *) "10.77.0.1/32",
         .source = (char *) HUB_KEY,
         .accepted = TRUE},
    };

    wl_editor_live_add_peer(live, &hub);
    wl_editor_live_add_peer(live, &phone);
    for (guint i = 0; i < G_N_ELEMENTS(facts); i++)
        wl_editor_live_add_fact(live, &facts[i]);
    return live;
}

/* A discovered member becomes a peer with the accepted facts about it. */
static void
test_live(void)
{
    g_autoptr(WlEditorModel) model = test_model_of_two();
    const WlEditorLivePeer *hub;
    WlEditorPeer *phone;

    g_assert_null(wl_editor_model_trust_member(model, PHONE_KEY, WL_PROFILE_TRUST_UNSET));
    wl_editor_model_set_changed_func(model, changed, NULL);
    seen = 0;
    wl_editor_model_set_live(model, make_live());
    g_assert_cmpint(seen, ==, WL_EDITOR_CHANGE_LIVE);
    g_assert_false(wl_editor_model_is_changed(model));
    hub = wl_editor_model_get_live_peer(model, wl_editor_model_get_peer(model, 0));
    g_assert_cmpstr(hub->reason, ==, "It answers");
    g_assert_null(wl_editor_model_get_live_peer(model, wl_editor_model_get_peer(model, 1)));

    phone = wl_editor_model_trust_member(model, PHONE_KEY, WL_PROFILE_TRUST_ENDPOINT);
    g_assert_cmpstr(wl_editor_model_get_text(model, phone, "name"), ==, "phone");
    g_assert_cmpstr(wl_editor_model_get_text(model, phone, "allowed-ips"), ==, "10.77.0.9/32");
    g_assert_cmpstr(wl_editor_model_get_text(model, phone, "trust"), ==, "Endpoint");
    g_assert_true(wl_editor_model_is_valid(model, NULL, NULL));
    g_assert_true(wl_editor_model_is_changed(model));
    g_assert_null(wl_editor_model_trust_member(model, PHONE_KEY, WL_PROFILE_TRUST_ENDPOINT));
    wl_editor_model_set_live(model, NULL);
    g_assert_null(wl_editor_model_get_live_peer(model, phone));
}

/* The address of a row: of the peer itself, else of the service, else the network that it routes.
 */
static void
test_address(void)
{
    static const struct {
        const char *allowed, *live, *address;
    } cases[] = {
        {"10.77.0.0/24 10.77.0.9/32 fd77::9/128", "10.77.0.8", "10.77.0.9"},
        {"fd77::9/128", NULL, "fd77::9"},
        {"10.77.0.0/24 fd77::/64", "10.77.0.1", "10.77.0.1"},
        {"10.77.0.0/24 fd77::/64", NULL, "10.77.0.0/24"},
        {"10.77.0.0/24", "", "10.77.0.0/24"},
        {"fd77::/32", NULL, "fd77::/32"},
        {"", NULL, ""},
        {"", "10.77.0.1", "10.77.0.1"},
    };
    g_autoptr(WlEditorModel) model = test_model_of_two();
    WlEditorPeer *hub = wl_editor_model_get_peer(model, 0);

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *address = NULL;

        wl_editor_model_set_text(model, hub, "allowed-ips", cases[i].allowed);
        address = wl_editor_peer_dup_address(hub, cases[i].live);
        g_assert_cmpstr(address, ==, cases[i].address);
    }
}

/* The first error of a peer names its field. */
static void
test_problem(void)
{
    g_autoptr(WlEditorModel) model = test_model_of_two();
    WlEditorPeer *hub = wl_editor_model_get_peer(model, 0);
    g_autofree char *problem = NULL;

    g_assert_null(wl_editor_peer_dup_problem(hub));
    wl_editor_model_set_text(model, hub, "allowed-ips", "10.77.0.5/24");
    problem = wl_editor_peer_dup_problem(hub);
    g_assert_true(g_str_has_prefix(problem, "Allowed IPs: \"10.77.0.5/24\" has bits"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/editor/peers/list", test_list);
    g_test_add_func("/editor/peers/undo", test_undo);
    g_test_add_func("/editor/peers/search", test_search);
    g_test_add_func("/editor/peers/file", test_file);
    g_test_add_func("/editor/peers/wirehub", test_wirehub);
    g_test_add_func("/editor/peers/address", test_address);
    g_test_add_func("/editor/peers/problem", test_problem);
    g_test_add_func("/editor/peers/live", test_live);
    return g_test_run();
}
