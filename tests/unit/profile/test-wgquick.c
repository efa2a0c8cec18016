/* SPDX-License-Identifier: GPL-2.0-or-later */

/* .wirelink files: a corpus of valid ones with the expected output, and invalid ones. */

#include <string.h>

#include "test-keys.h"
#include "wl-file-io.h"
#include "wl-profile-check.h"
#include "wl-profile-compare.h"
#include "wl-profile-value.h"
#include "wl-wgquick-write.h"
#include "wl-wgquick.h"

static WlProfileFile *
read_corpus(const char *path)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autoptr(GError) error = NULL;
    gsize length;
    char *text = wl_file_load(path, &length, &error);
    WlProfileFile *file;

    g_assert_no_error(error);
    file = wl_wgquick_parse(text, length, name, &error);
    g_assert_no_error(error);
    wl_file_wipe(text, length);
    return file;
}

/* Each file of the corpus is a test. */
static void
test_corpus_file(gconstpointer data)
{
    const char *name = data;
    g_autofree char *path = g_build_filename(g_getenv("WL_TEST_CORPUS"), name, NULL);
    g_autofree char *stem = g_strndup(path, strlen(path) - strlen(".wirelink"));
    g_autofree char *expected_path = g_strconcat(stem, ".expected", NULL);
    g_autoptr(WlProfileFile) file = NULL;
    g_autoptr(WlProfileFile) again = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *expected = NULL;
    g_autofree char *text = NULL;
    g_autofree char *text_again = NULL;

    file = read_corpus(path);
    text = wl_wgquick_format(file);
    /* Set by hand to update the expected output, which is to be reviewed. */
    if (g_getenv("WL_TEST_REGENERATE"))
        g_file_set_contents(expected_path, text, -1, NULL);
    g_file_get_contents(expected_path, &expected, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(text, ==, expected);

    again = wl_wgquick_parse(text, strlen(text), name, &error);
    g_assert_no_error(error);
    g_assert_true(wl_profile_equal(file->profile, again->profile));
    text_again = wl_wgquick_format(again);
    g_assert_cmpstr(text_again, ==, text);
}

static void
test_extra(void)
{
    g_autofree char *path =
        g_build_filename(g_getenv("WL_TEST_CORPUS"), "unknown-keys.wirelink", NULL);
    g_autoptr(WlProfileFile) file = read_corpus(path);
    const GPtrArray *warnings = file->profile->warnings;

    g_assert_cmpuint(warnings->len, ==, 6);
    g_assert_cmpstr(warnings->pdata[0], ==,
                    "unknown-keys.wirelink:4: Color: not a key of the section [Interface]; kept "
                    "without effect");
    g_assert_cmpuint(file->profile->extra->len, ==, 3);
}

#define INTERFACE "[Interface]\nPrivateKey = " PRIVATE_KEY "\nAddress = 10.77.0.2/24\n"
#define WIRELINK  "[Wirelink]\n"
#define PEER      "[Peer]\nPublicKey = " HUB_KEY "\n"
#define PEER2     "[Peer]\nPublicKey = " LAPTOP_KEY "\n"

typedef struct {
    const char *text;
    gboolean plain;       /* a wg-quick file */
    gboolean full_tunnel; /* what comes of it, */
    gboolean warned;      /* and whether the first warning says so */
} Tunnel;

#define PREFIXES "AllowedIPs = 10.77.0.0/24"

static const Tunnel tunnels[] = {
    {INTERFACE PEER PREFIXES "\n", TRUE, FALSE, FALSE},
    {INTERFACE PEER "AllowedIPs = 0.0.0.0/0, ::/0\n", TRUE, TRUE, TRUE},
    {INTERFACE PEER "AllowedIPs = ::/0\n", TRUE, TRUE, TRUE},
    {INTERFACE PEER "AllowedIPs = 0.0.0.0/1, 128.0.0.0/1\n", TRUE, TRUE, TRUE},
    {INTERFACE PEER PREFIXES "\n" PEER2 "AllowedIPs = 0.0.0.0/0\n", TRUE, TRUE, TRUE},
    {INTERFACE "FwMark = 1\nSaveConfig = true\n" PEER "AllowedIPs = 0.0.0.0/0\n", TRUE, TRUE, TRUE},
    {INTERFACE "Table = off\n" PEER "AllowedIPs = 0.0.0.0/0\n", TRUE, FALSE, FALSE},
    {INTERFACE "Table = 1234\n" PEER "AllowedIPs = 0.0.0.0/0\n", TRUE, TRUE, TRUE},
    {INTERFACE WIRELINK PEER "AllowedIPs = 0.0.0.0/0\n", FALSE, TRUE, TRUE},
    {INTERFACE WIRELINK "FullTunnel = no\n" PEER "AllowedIPs = 0.0.0.0/0\n", FALSE, FALSE, FALSE},
    {INTERFACE WIRELINK "FullTunnel = yes\n" PEER "AllowedIPs = 0.0.0.0/0\n", FALSE, TRUE, FALSE},
    {INTERFACE WIRELINK "KillSwitch = yes\n" PEER "AllowedIPs = 0.0.0.0/0\n", FALSE, TRUE, TRUE},
    {INTERFACE WIRELINK PEER PREFIXES "\n", FALSE, FALSE, FALSE},
};

static void
test_full_tunnel(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(tunnels); i++) {
        const Tunnel *row = &tunnels[i];
        g_autoptr(GError) error = NULL;
        g_autoptr(WlProfileFile) file =
            row->plain ? wl_wgquick_parse_plain(row->text, strlen(row->text), "a.conf", &error)
                       : wl_wgquick_parse(row->text, strlen(row->text), "a.conf", &error);
        const GPtrArray *warnings;
        gboolean warned;

        g_test_message("%s", row->text);
        g_assert_no_error(error);
        warnings = file->profile->warnings;
        warned = warnings->len > 0 && strstr(warnings->pdata[0], "all traffic of this machine");
        g_assert_cmpint(file->profile->full_tunnel, ==, row->full_tunnel);
        g_assert_cmpint(warned, ==, row->warned);
    }
}

typedef struct {
    const char *text;
    const char *expected; /* the beginning of the message after "laptop.wirelink" */
    WlProfileError code;
} Bad;

static const Bad bad[] = {
    /* Other files. */
    {"", ": there is no section [Wirelink]; for a", WL_PROFILE_ERROR_NO_SECTION},
    {INTERFACE PEER, ": there is no section [Wirelink]", WL_PROFILE_ERROR_NO_SECTION},
    {INTERFACE "# [Wirelink]\n" PEER, ": there is no section [Wirelink]",
     WL_PROFILE_ERROR_NO_SECTION},
    {"client\nremote hub 1194\n", ": there is no section [Wirelink]", WL_PROFILE_ERROR_NO_SECTION},
    {INTERFACE "PostUp = x\n" PEER, ": there is no section [Wirelink]",
     WL_PROFILE_ERROR_NO_SECTION},
    /* Lines. */
    {INTERFACE WIRELINK PEER "[Server]\n", ":7: \"Server\" is not a section; use [Interface]",
     WL_PROFILE_ERROR_SYNTAX},
    {INTERFACE WIRELINK PEER "[Peer\n", ":7: malformed section; write it like [Peer]",
     WL_PROFILE_ERROR_SYNTAX},
    {INTERFACE WIRELINK PEER "[Peer] x\n", ":7: malformed section", WL_PROFILE_ERROR_SYNTAX},
    {INTERFACE WIRELINK PEER "[Interface]\n",
     ":7: second section [Interface]; merge it with the one in line 1", WL_PROFILE_ERROR_SYNTAX},
    {INTERFACE WIRELINK PEER "[wirelink]\n", ":7: second section [Wirelink]",
     WL_PROFILE_ERROR_SYNTAX},
    {"Address = 10.77.0.2/24\n" INTERFACE WIRELINK PEER, ":1: key before the first section",
     WL_PROFILE_ERROR_SYNTAX},
    {INTERFACE WIRELINK PEER "nonsense\n", ":7: malformed line; write \"Key = value\"",
     WL_PROFILE_ERROR_SYNTAX},
    {INTERFACE WIRELINK PEER "nonsense # a = b\n", ":7: malformed line", WL_PROFILE_ERROR_SYNTAX},
    {INTERFACE WIRELINK PEER "= 1\n", ":7: malformed line", WL_PROFILE_ERROR_SYNTAX},
    {INTERFACE WIRELINK PRESHARED_KEY "\n" PEER, ":5: the text before \"=\" is not",
     WL_PROFILE_ERROR_SYNTAX},
    {INTERFACE WIRELINK "two words = 1\n" PEER, ":5: the text before \"=\"",
     WL_PROFILE_ERROR_SYNTAX},
    {INTERFACE WIRELINK PEER "Name = a\033b\n", ":7: contains a control character",
     WL_PROFILE_ERROR_SYNTAX},
    {INTERFACE WIRELINK PEER "Name = a\rb\n", ":7: contains a control character",
     WL_PROFILE_ERROR_SYNTAX},
    {INTERFACE WIRELINK PEER "Name = a\377\n", ":7: not UTF-8", WL_PROFILE_ERROR_SYNTAX},
    {INTERFACE WIRELINK PEER "Name = \"a\n", ":7: Name: no closing quote", WL_PROFILE_ERROR_SYNTAX},
    {INTERFACE WIRELINK PEER "Name = \"a\" b\n", ":7: Name: no closing quote",
     WL_PROFILE_ERROR_SYNTAX},
    {INTERFACE WIRELINK PEER "Name = \"a\\\n", ":7: Name: no closing quote",
     WL_PROFILE_ERROR_SYNTAX},
    /* Keys that are misplaced, duplicate, empty or refused. */
    {INTERFACE "FactPort = 51821\n" WIRELINK PEER,
     ":4: FactPort: belongs in the section [Wirelink]", WL_PROFILE_ERROR_SYNTAX},
    {INTERFACE WIRELINK "privatekey = " PRIVATE_KEY "\n" PEER,
     ":5: privatekey: belongs in the section [Interface]", WL_PROFILE_ERROR_SYNTAX},
    {INTERFACE WIRELINK PEER "MTU = 1400\n", ":7: MTU: belongs in the section [Interface]",
     WL_PROFILE_ERROR_SYNTAX},
    {INTERFACE "Endpoint = hub:1\n" WIRELINK PEER, ":4: Endpoint: belongs in the section [Peer]",
     WL_PROFILE_ERROR_SYNTAX},
    {INTERFACE "privatekey = " PRIVATE_KEY "\n" WIRELINK PEER,
     ":4: PrivateKey: already set in line 2", WL_PROFILE_ERROR_CONFLICT},
    {INTERFACE WIRELINK PEER "PublicKey = " HUB_KEY "\n", ":7: PublicKey: already set in line 6",
     WL_PROFILE_ERROR_CONFLICT},
    {INTERFACE "ListenPort =\n" WIRELINK PEER, ":4: ListenPort: has no value",
     WL_PROFILE_ERROR_VALUE},
    {INTERFACE WIRELINK "Future = # 1\n" PEER, ":5: Future: has no value", WL_PROFILE_ERROR_VALUE},
    {INTERFACE "PreUp = x\n" WIRELINK PEER, ":4: PreUp: wirelink does not run commands",
     WL_PROFILE_ERROR_REFUSED},
    {INTERFACE "postup = x\n" WIRELINK PEER, ":4: postup: wirelink does not run commands",
     WL_PROFILE_ERROR_REFUSED},
    {INTERFACE "PreDown = x\n" WIRELINK PEER, ":4: PreDown: wirelink does not",
     WL_PROFILE_ERROR_REFUSED},
    {INTERFACE "PostDown = x\n" WIRELINK PEER, ":4: PostDown: wirelink does not",
     WL_PROFILE_ERROR_REFUSED},
    {INTERFACE "PreUp = x\nPostUp = y\n" WIRELINK PEER,
     ":4: PreUp, PostUp (line 5): wirelink does not run commands", WL_PROFILE_ERROR_REFUSED},
    {INTERFACE WIRELINK PEER "AllowedIPs = 10.77.0.0/24\n" PEER2
                             "AllowedIPs = fd77::3/128, 10.77.0.3/24\n",
     ":10: AllowedIPs: 10.77.0.3/24 means all of 10.77.0.0/24, which another peer has, too; for one "
     "machine write 10.77.0.3/32",
     WL_PROFILE_ERROR_CONFLICT},
    {INTERFACE WIRELINK PEER "AllowedIPs = fd77::1/64\n" PEER2 "AllowedIPs = fd77::/64\n",
     ":7: AllowedIPs: fd77::1/64 means all of fd77::/64, which another peer has, too; for one "
     "machine write fd77::1/128",
     WL_PROFILE_ERROR_CONFLICT},
    {INTERFACE WIRELINK PEER "PostUp = x\n", ":7: PostUp: wirelink does not",
     WL_PROFILE_ERROR_REFUSED},
    {INTERFACE "PrivatKey = " PRESHARED_KEY "\n" WIRELINK PEER,
     ":4: PrivatKey: not a key of the section [Interface], and its value looks like",
     WL_PROFILE_ERROR_VALUE},
    /* Values. */
    {"[Interface]\nPrivateKey = abc\nAddress = 10.77.0.2/24\n" WIRELINK PEER,
     ":2: PrivateKey: the value is not a WireGuard key; a key is 44 base64 characters",
     WL_PROFILE_ERROR_VALUE},
    {INTERFACE WIRELINK "[Peer]\nPublicKey = abc\n",
     ":6: PublicKey: \"abc\" is not a WireGuard key; a key is 44 base64 characters ending in \"=\"",
     WL_PROFILE_ERROR_VALUE},
    {INTERFACE WIRELINK PEER "PresharedKey = abc\n", ":7: PresharedKey: the value is not",
     WL_PROFILE_ERROR_VALUE},
    {INTERFACE "Address = 10.77.0.2/64\n" WIRELINK PEER,
     ":4: Address: \"10.77.0.2/64\" has no valid prefix length", WL_PROFILE_ERROR_VALUE},
    {INTERFACE "Address = " PRESHARED_KEY "\n" WIRELINK PEER, ":4: Address: \"QBwXrvT0…\" is not",
     WL_PROFILE_ERROR_VALUE},
    {INTERFACE "ListenPort = 70000\n" WIRELINK PEER, ":4: ListenPort: \"70000\" is not valid",
     WL_PROFILE_ERROR_VALUE},
    {INTERFACE "MTU = 576\n" WIRELINK PEER, ":4: MTU: \"576\" is not valid",
     WL_PROFILE_ERROR_VALUE},
    {INTERFACE "DNS = 10.77.0.1, fd77:::1\n" WIRELINK PEER,
     ":4: DNS: \"fd77:::1\" is neither the IP address of a DNS server nor a search domain",
     WL_PROFILE_ERROR_VALUE},
    {INTERFACE "Table = main\n" WIRELINK PEER, ":4: Table: \"main\" is not valid; use auto, off",
     WL_PROFILE_ERROR_VALUE},
    {INTERFACE "Table = 0\n" WIRELINK PEER, ":4: Table: \"0\" is not valid",
     WL_PROFILE_ERROR_VALUE},
    {INTERFACE WIRELINK "FactPort = 0\n" PEER, ":5: FactPort: \"0\" is not valid",
     WL_PROFILE_ERROR_VALUE},
    {INTERFACE WIRELINK "Role = hub\n" PEER, ":5: Role: \"hub\" is not valid; use automatic, leaf",
     WL_PROFILE_ERROR_VALUE},
    {INTERFACE WIRELINK "Chatty = sometimes\n" PEER, ":5: Chatty: \"sometimes\" is not valid",
     WL_PROFILE_ERROR_VALUE},
    {INTERFACE WIRELINK "Networks = 10.77/16\n" PEER, ":5: Networks: \"10.77/16\" is not an IP",
     WL_PROFILE_ERROR_VALUE},
    {INTERFACE WIRELINK "InterfaceName = a b\n" PEER,
     ":5: InterfaceName: \"a b\" is not a valid interface", WL_PROFILE_ERROR_VALUE},
    {INTERFACE WIRELINK "HideInterfaces = [\n" PEER,
     ":5: HideInterfaces: \"[\" is not a valid pattern", WL_PROFILE_ERROR_VALUE},
    {INTERFACE WIRELINK "PrivateKeyFlags = 9\n" PEER, ":5: PrivateKeyFlags: \"9\"",
     WL_PROFILE_ERROR_VALUE},
    {INTERFACE WIRELINK PEER "Trust = Friend\n",
     ":7: Trust: \"Friend\" is not valid; use Untrusted, Endpoint", WL_PROFILE_ERROR_VALUE},
    {INTERFACE WIRELINK PEER "Endpoint = hub\n", ":7: Endpoint: \"hub\" has no port",
     WL_PROFILE_ERROR_VALUE},
    {INTERFACE WIRELINK PEER "Endpoint = hub:1\nEndpoint = 2001:db8::1:1\n",
     ":8: Endpoint: \"2001:db8::1:1\" has no brackets", WL_PROFILE_ERROR_VALUE},
    {INTERFACE WIRELINK PEER "AllowedIPs = 10.77.0.0/24, 10.78.0.0/99\n",
     ":7: AllowedIPs: \"10.78.0.0/99\" has no valid prefix length", WL_PROFILE_ERROR_VALUE},
    {INTERFACE WIRELINK PEER "PersistentKeepalive = 1d\n", ":7: PersistentKeepalive: \"1d\"",
     WL_PROFILE_ERROR_VALUE},
    {INTERFACE WIRELINK PEER "Basic = maybe\n", ":7: Basic: \"maybe\" is not valid; use yes or no",
     WL_PROFILE_ERROR_VALUE},
    /* Required keys and conflicts. */
    {WIRELINK PEER, ": [Interface] PrivateKey: is missing; generate one", WL_PROFILE_ERROR_SECRET},
    {"[Interface]\nAddress = 10.77.0.2/24\n" WIRELINK PEER,
     ":1: PrivateKey: is missing; generate one", WL_PROFILE_ERROR_SECRET},
    {"[Interface]\nPrivateKey = " PRIVATE_KEY "\n" WIRELINK PEER,
     ":1: Address: is missing; add the address of this machine", WL_PROFILE_ERROR_MISSING},
    {INTERFACE WIRELINK, ": [Peer] PublicKey: is missing; a profile needs at least one peer",
     WL_PROFILE_ERROR_MISSING},
    {INTERFACE WIRELINK "[Peer]\nName = hub\n",
     ":5: PublicKey: is missing; the public key identifies", WL_PROFILE_ERROR_MISSING},
    {INTERFACE WIRELINK PEER PEER2 PEER, ":10: PublicKey: is also the key of peer 1",
     WL_PROFILE_ERROR_CONFLICT},
    {INTERFACE WIRELINK "[Peer]\nPublicKey = " PRIVATE_KEY "\n",
     ":6: PublicKey: is the private key of this profile", WL_PROFILE_ERROR_CONFLICT},
    {INTERFACE WIRELINK PEER "[Peer]\nPublicKey = " OWN_KEY "\n",
     ":8: PublicKey: is the public key of this machine; enter the key of the other machine",
     WL_PROFILE_ERROR_CONFLICT},
    {INTERFACE WIRELINK PEER "Name = hub\nAllowedIPs = 10.78.0.0/24\n" PEER2
                             "AllowedIPs = 10.78.0.99/24\n",
     ":11: AllowedIPs: 10.78.0.99/24 means all of 10.78.0.0/24, which another peer has, too",
     WL_PROFILE_ERROR_CONFLICT},
    {INTERFACE WIRELINK PEER "Name = hub\nAllowedIPs = 10.78.0.0/24\n" PEER2
                             "AllowedIPs = 10.78.0.0/24\n",
     ":11: AllowedIPs: 10.78.0.0/24 is also an allowed IP of peer 1 (hub)",
     WL_PROFILE_ERROR_CONFLICT},
    {INTERFACE "Address = 10.77.0.2/32\n" WIRELINK PEER, ":4: Address: 10.77.0.2 is listed twice",
     WL_PROFILE_ERROR_CONFLICT},
    {INTERFACE "ListenPort = 51821\n" WIRELINK PEER, ":5: FactPort: 51821 is also the listen port",
     WL_PROFILE_ERROR_CONFLICT},
    {INTERFACE WIRELINK PEER "PresharedKey = " PRESHARED_KEY "\nPresharedKeyFlags = 4\n",
     ":8: PresharedKeyFlags: 4 means that there is no key", WL_PROFILE_ERROR_CONFLICT},
    {INTERFACE WIRELINK "PrivateKeyFlags = 6\n" PEER, ":5: PrivateKeyFlags: 6 means that there",
     WL_PROFILE_ERROR_CONFLICT},
    {INTERFACE WIRELINK PEER "PresharedKeyFlags = 0\n", ":5: PresharedKey: is missing",
     WL_PROFILE_ERROR_SECRET},
};

static void
assert_refused(const char *text, gsize length, const char *expected, WlProfileError code)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *whole = g_strconcat("laptop.wirelink", expected, NULL);

    g_assert_null(wl_wgquick_parse(text, length, "laptop.wirelink", &error));
    g_assert_nonnull(error);
    g_test_message("%s", error->message);
    if (!g_str_has_prefix(error->message, whole))
        g_error("\"%s\" does not begin with \"%s\"", error->message, whole);
    g_assert_error(error, WL_PROFILE_ERROR, (int) code);
    /* Neither the secret itself nor a text that contains it. */
    g_assert_null(strstr(error->message, "xDCkVfhCN"));
    g_assert_null(strstr(error->message, "QBwXrvT0Z"));
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
    g_assert_null(wl_wgquick_parse(text, length, "laptop.wirelink", NULL));
}

static void
test_bad(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_refused(bad[i].text, strlen(bad[i].text), bad[i].expected, bad[i].code);
}

static void
test_bad_bytes(void)
{
    static const char zero[] = INTERFACE WIRELINK "Name = a\0b\n" PEER;
    g_autofree char *huge = g_strnfill(WL_PROFILE_MAX_FILE + 1, '#');
    g_autofree char *filler = g_strnfill(WL_PROFILE_MAX_VALUE + 1, 'a');
    g_autofree char *long_line = g_strconcat(INTERFACE WIRELINK "Name = ", filler, "\n", NULL);
    g_autofree char *long_name =
        g_strdup_printf(INTERFACE WIRELINK "Name = %.*s\n" PEER, WL_PROFILE_MAX_NAME + 1, filler);

    assert_refused(zero, sizeof(zero) - 1, ":5: contains a zero byte", WL_PROFILE_ERROR_SYNTAX);
    assert_refused(huge, strlen(huge), ": the file is longer than 1048576 bytes",
                   WL_PROFILE_ERROR_SYNTAX);
    assert_refused(long_line, strlen(long_line), ":5: the line is longer than 65536 bytes",
                   WL_PROFILE_ERROR_SYNTAX);
    assert_refused(long_name, strlen(long_name), ":5: Name: the name is longer than 255 bytes",
                   WL_PROFILE_ERROR_VALUE);
}

/* Limits that protect against huge files. */
static void
test_bounds(void)
{
    g_autoptr(GString) peers = g_string_new(INTERFACE WIRELINK);
    g_autoptr(GString) unknown = g_string_new(INTERFACE);
    g_autoptr(GString) repeated = g_string_new(INTERFACE);
    g_autoptr(GString) endpoints = g_string_new(INTERFACE WIRELINK PEER);

    for (guint i = 0; i <= WL_PROFILE_MAX_PEERS; i++)
        g_string_append(peers, "[Peer]\n");
    assert_refused(peers->str, peers->len, ":1005: too many peers (at most 1000)",
                   WL_PROFILE_ERROR_VALUE);
    for (guint i = 0; i <= WL_PROFILE_MAX_VALUE / 2; i++)
        g_string_append(repeated, "X=1\n");
    g_string_append(repeated, WIRELINK PEER);
    assert_refused(repeated->str, repeated->len, ":32772: X: too many unknown keys",
                   WL_PROFILE_ERROR_VALUE);
    for (guint i = 0; i <= WL_PROFILE_MAX_EXTRA; i++)
        g_string_append_printf(unknown, "X%u = 1\n", i);
    g_string_append(unknown, WIRELINK PEER);
    assert_refused(unknown->str, unknown->len, ":260: X256: too many unknown keys",
                   WL_PROFILE_ERROR_VALUE);
    for (guint i = 1; i <= WL_PROFILE_MAX_ENDPOINTS + 1; i++)
        g_string_append_printf(endpoints, "Endpoint = hub:%u\n", i);
    assert_refused(endpoints->str, endpoints->len, ":71: Endpoint: too many entries",
                   WL_PROFILE_ERROR_VALUE);
}

/* A file cut anywhere, or with any byte changed, is read or refused with an error. */
static void
test_mangled(void)
{
    g_autofree char *path =
        g_build_filename(g_getenv("WL_TEST_CORPUS"), "peer-names.wirelink", NULL);
    static const char replacements[] = {'\0', '"', '[', ']', '=', '#', '\\', '\n', '/', '\377'};
    g_autofree char *text = NULL;
    gsize length;

    g_assert_true(g_file_get_contents(path, &text, &length, NULL));
    for (gsize i = 0; i < length; i++) {
        /* Of the exact size, so that reading beyond the end is detected. */
        g_autofree char *cut = g_memdup2(text, i + 1);

        for (guint j = 0; j <= G_N_ELEMENTS(replacements); j++) {
            g_autoptr(GError) error = NULL;
            g_autoptr(WlProfileFile) file = NULL;
            gboolean whole = j < G_N_ELEMENTS(replacements);
            char before = text[i];

            if (whole)
                text[i] = replacements[j];
            file = wl_wgquick_parse(whole ? text : cut, whole ? length : i + 1, "x", &error);
            g_assert_true((file == NULL) == (error != NULL));
            text[i] = before;
        }
    }
}

static void
add_corpus(void)
{
    g_autoptr(GDir) folder = g_dir_open(g_getenv("WL_TEST_CORPUS"), 0, NULL);
    const char *name;
    guint n = 0;

    g_assert_nonnull(folder);
    while ((name = g_dir_read_name(folder))) {
        g_autofree char *path = NULL;

        if (!g_str_has_suffix(name, ".wirelink"))
            continue;
        path = g_strdup_printf("/profile/wgquick/corpus/%s", name);
        g_test_add_data_func_full(path, g_strdup(name), test_corpus_file, g_free);
        n++;
    }
    g_assert_cmpuint(n, >=, 15);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_corpus();
    g_test_add_func("/profile/wgquick/extra", test_extra);
    g_test_add_func("/profile/wgquick/full-tunnel", test_full_tunnel);
    g_test_add_func("/profile/wgquick/bad", test_bad);
    g_test_add_func("/profile/wgquick/bad-bytes", test_bad_bytes);
    g_test_add_func("/profile/wgquick/bounds", test_bounds);
    g_test_add_func("/profile/wgquick/mangled", test_mangled);
    return g_test_run();
}
