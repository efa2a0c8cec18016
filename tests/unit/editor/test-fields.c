/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Problems of single fields, and conflicts between fields. */

#include "editor-test.h"

#include <string.h>

#include "model/wl-labels.h"

#define WHOLE_FILE "[Interface]\nPrivateKey = " PRIVATE_KEY "\n[Peer]\nPublicKey = " HUB_KEY "\n"

static void
test_single(void)
{
    static const struct {
        gboolean of_peer;
        const char *key, *text, *part; /* part NULL: no problem */
    } cases[] = {
        {FALSE, "private-key", "nonsense", "44 base64"},
        {FALSE, "private-key", " " PRIVATE_KEY "\n", NULL},
        {FALSE, "private-key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "zeros"},
        {FALSE, "private-key", WHOLE_FILE, "entire file"},
        {FALSE, "address", "", "10.77.0.2/24"},
        {FALSE, "address", "10.77.0.2", "has no prefix length"},
        {FALSE, "address", "10.77.0.2/24 fd77::2", "has no prefix length"},
        {FALSE, "address", "10.77.0.2/24, fd77::2/64", NULL},
        {FALSE, "address", "10.77.0.2/33", "prefix length"},
        {FALSE, "address", "10.77.0.2/24 10.77.0.2/16", "twice"},
        {FALSE, "address", "fe80::1/64", "link-local"},
        {FALSE, "address", WHOLE_FILE, "entire file"},
        {FALSE, "listen-port", "65536", "1 to 65535"},
        {FALSE, "listen-port", "-1", "1 to 65535"},
        {FALSE, "listen-port", "51821", NULL}, /* reported at the fact port */
        {FALSE, "listen-port", "0", NULL},
        {FALSE, "fact-port", "0", "1 to 65535"},
        {FALSE, "fact-port", "port", "1 to 65535"},
        {FALSE, "mtu", "1279", "1280 to"},
        {FALSE, "mtu", "1420", NULL},
        {FALSE, "link-name", "sixteen-letters-", "15 characters"},
        {FALSE, "role", "hub", "automatic, leaf or router"},
        {FALSE, "chatty", "perhaps", "yes or no"},
        {FALSE, "hide-interfaces", "docker* [a", "pattern"},
        {FALSE, "private-key-flags", "9", "0 to 7"},
        {TRUE, "public-key", "", "public key"},
        {TRUE, "public-key", "FSXZ", "44 base64"},
        {TRUE, "public-key", WHOLE_FILE, "entire file"},
        {TRUE, "public-key", PRIVATE_KEY, "private key of this machine"},
        {TRUE, "public-key", LAPTOP_KEY, "laptop has the same public key"},
        {TRUE, "endpoint", "hub.example.net", "has no port"},
        {TRUE, "endpoint", "hub.example.net:0", "1 to 65535"},
        {TRUE, "endpoint", "hub.example.net:70000", "1 to 65535"},
        {TRUE, "endpoint", "2001:db8::1:51820", "brackets"},
        {TRUE, "endpoint", "[2001:db8::1]:51820 192.0.2.1:51820", NULL},
        {TRUE, "allowed-ips", "10.77.0.5/24", "10.77.0.0/24 for the network or 10.77.0.5/32"},
        {TRUE, "allowed-ips", "fd77::5/64", "fd77::/64 for the network or fd77::5/128"},
        {TRUE, "allowed-ips", "10.77.0.5", NULL},
        {TRUE, "allowed-ips", "10.77.0.0/16, fd77::/64", NULL},
        {TRUE, "allowed-ips", "10.77.0.3/32", "also an allowed IP of laptop"},
        {TRUE, "allowed-ips", WHOLE_FILE, "entire file"},
        {TRUE, "preshared-key", "nonsense", "44 base64"},
        {TRUE, "keepalive", "65536", "1 to 65535"},
        {TRUE, "keepalive", "off", NULL},
        {TRUE, "trust", "Everything", "Untrusted"},
        {TRUE, "name", "a [Peer] of mine", NULL},
        {TRUE, "name", "two\nlines", "control character"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(WlEditorModel) model = test_model_of_two();
        WlEditorPeer *peer = cases[i].of_peer ? wl_editor_model_get_peer(model, 0) : NULL;

        wl_editor_model_set_text(model, peer, cases[i].key, cases[i].text);
        g_assert_cmpstr(wl_editor_model_get_text(model, peer, cases[i].key), ==, cases[i].text);
        test_assert_problem(model, peer, cases[i].key, cases[i].part);
    }
}

static void
test_long_name(void)
{
    g_autoptr(WlEditorModel) model = test_model_of_two();
    WlEditorPeer *peer = wl_editor_model_get_peer(model, 0);
    g_autofree char *name = g_strnfill(300, 'n');
    g_autofree char *huge = g_strnfill(2 * WL_PROFILE_MAX_VALUE, '1');

    wl_editor_model_set_text(model, peer, "name", name);
    test_assert_problem(model, peer, "name", "longer than 255 bytes");
    wl_editor_model_set_text(model, peer, "name", "hub");
    test_assert_problem(model, peer, "name", NULL);
    wl_editor_model_set_text(model, NULL, "address", huge);
    test_assert_problem(model, NULL, "address", "longer than");
    wl_editor_model_set_text(model, NULL, "member-name", "\xff\xfe");
    g_assert_true(g_utf8_validate(wl_editor_model_get_text(model, NULL, "member-name"), -1, NULL));
}

/* No error quotes a secret or a text that may be one. */
static void
test_quotes_no_secret(void)
{
    static const char almost[] = "xDCkVfhCNpYBwVxcmPqOuFpoJMO6BxYexBAKloRNyjUX";
    g_autoptr(WlEditorModel) model = test_model_of_two();
    WlEditorPeer *peer = wl_editor_model_get_peer(model, 0);

    wl_editor_model_set_text(model, NULL, "private-key", almost);
    g_assert_null(strstr(wl_editor_model_get_problem(model, NULL, "private-key"), "xDCkVf"));
    wl_editor_model_set_text(model, peer, "preshared-key", almost);
    g_assert_null(strstr(wl_editor_model_get_problem(model, peer, "preshared-key"), "xDCkVf"));
    wl_editor_model_set_text(model, peer, "public-key", almost);
    g_assert_null(strstr(wl_editor_model_get_problem(model, peer, "public-key"), "MO6BxYexBA"));
}

static void
test_together(void)
{
    g_autoptr(WlEditorModel) model = test_model_of_two();
    WlEditorPeer *hub = wl_editor_model_get_peer(model, 0);
    WlEditorPeer *laptop = wl_editor_model_get_peer(model, 1);
    g_autofree char *own = wl_editor_model_dup_public_key(model);

    g_assert_nonnull(own);
    wl_editor_model_set_text(model, laptop, "public-key", own);
    test_assert_problem(model, laptop, "public-key", "public key of this machine");
    /* both are marked, and correcting one clears both */
    wl_editor_model_set_text(model, laptop, "public-key", HUB_KEY);
    test_assert_problem(model, laptop, "public-key", "hub has the same public key");
    test_assert_problem(model, hub, "public-key", "laptop has the same public key");
    wl_editor_model_set_text(model, laptop, "public-key", LAPTOP_KEY);
    test_assert_problem(model, hub, "public-key", NULL);
    wl_editor_model_set_text(model, laptop, "name", "");
    /* Several routers may have the own subnet, and nothing else. */
    wl_editor_model_set_text(model, laptop, "allowed-ips", "10.77.0.0/24");
    test_assert_problem(model, hub, "allowed-ips", NULL);
    wl_editor_model_set_text(model, hub, "allowed-ips", "10.77.0.0/24 192.168.7.0/24");
    wl_editor_model_set_text(model, laptop, "allowed-ips", "192.168.7.0/24");
    test_assert_problem(model, hub, "allowed-ips", "of peer 2");
    wl_editor_model_set_text(model, hub, "allowed-ips", "10.77.0.0/24");
    wl_editor_model_set_text(model, laptop, "allowed-ips", "");
    test_assert_problem(model, hub, "allowed-ips", NULL);

    wl_editor_model_set_text(model, NULL, "listen-port", "51821");
    test_assert_problem(model, NULL, "fact-port", "also the listen port");
    wl_editor_model_set_text(model, NULL, "listen-port", "51820");
    g_assert_true(wl_editor_model_is_valid(model, NULL, NULL));
}

static void
test_secrets(void)
{
    g_autoptr(WlEditorModel) model = test_model_of_two();
    WlEditorPeer *hub = wl_editor_model_get_peer(model, 0);
    g_autofree char *before = wl_editor_model_dup_public_key(model);
    g_autofree char *after = NULL;

    wl_editor_model_set_text(model, NULL, "private-key", "");
    test_assert_problem(model, NULL, "private-key", "generate one");
    wl_editor_model_set_text(model, NULL, "private-key-flags", "2");
    test_assert_problem(model, NULL, "private-key", NULL);
    wl_editor_model_set_text(model, NULL, "private-key-flags", "0");
    wl_editor_model_generate_key(model);
    test_assert_problem(model, NULL, "private-key", NULL);
    after = wl_editor_model_dup_public_key(model);
    g_assert_cmpstr(before, !=, after);

    wl_editor_model_set_text(model, hub, "preshared-key-flags", "0");
    test_assert_problem(model, hub, "preshared-key", "missing");
    wl_editor_model_generate_preshared_key(model, hub);
    test_assert_problem(model, hub, "preshared-key", NULL);
    wl_editor_model_set_text(model, hub, "preshared-key-flags", "4");
    test_assert_problem(model, hub, "preshared-key", "would not be saved");
    wl_editor_model_set_text(model, hub, "preshared-key-flags", "1");
    g_assert_true(wl_editor_model_is_valid(model, NULL, NULL));
}

/* Every key of the profile has a field; otherwise it could not be edited. */
static void
test_labels(void)
{
    gsize n_keys;
    const WlProfileKey *keys = wl_profile_keys(&n_keys);

    for (gsize i = 0; i < n_keys; i++) {
        if (!keys[i].name || keys[i].type == WL_KEY_TYPE_VERSION || keys[i].scope == WL_KEY_OF_FILE)
            continue;
        g_test_message("%s", keys[i].name);
        g_assert_cmpstr(wl_editor_label(keys[i].scope, keys[i].name), !=, keys[i].name);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/editor/fields/single", test_single);
    g_test_add_func("/editor/fields/long-name", test_long_name);
    g_test_add_func("/editor/fields/quotes-no-secret", test_quotes_no_secret);
    g_test_add_func("/editor/fields/together", test_together);
    g_test_add_func("/editor/fields/secrets", test_secrets);
    g_test_add_func("/editor/fields/labels", test_labels);
    return g_test_run();
}
