/* SPDX-License-Identifier: GPL-2.0-or-later */
/* convert, new and add: the files they write. */
#include "ctl-run.h"

#include <glib/gstdio.h>
#include <qrencode.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PRIVATE_KEY "xDCkVfhCNpYBwVxcmPqOuFpoJMO6BxYexBAKloRNyjU="
#define WH_OWN      "fNKz2zZNVYoVC7hhtN1Vm--Y42CasEkt2sp82LMFRSY"
#define HUB_KEY     "FSXZOoplXTlQyHxwmOZ2AY72AHFggajo2gV46747tzQ="
#define WH_HUB      "FSXZOoplXTlQyHxwmOZ2AY72AHFggajo2gV46747tzQ"

#define WG_QUICK                                                                                   \
    "[Interface]\nPrivateKey = " PRIVATE_KEY                                                       \
    "\nAddress = 10.77.0.2/24\nListenPort = 51820\n\n[Peer]\nPublicKey = " HUB_KEY                 \
    "\nEndpoint = hub.example.net:51820\nAllowedIPs = 10.77.0.0/24\n"
#define NEW "new", "laptop", "--network", "10.77.0.0/24,fd77::/64", "--endpoint", "hub.example.net"

/* ---- a directory for each case ------------------------------------------------------------- */

static void
run_in_folder(gconstpointer data)
{
    g_autofree char *before = g_get_current_dir();
    g_autofree char *folder = g_dir_make_tmp("ctl-files-XXXXXX", NULL);
    g_autoptr(GDir) directory = NULL;
    const char *name;

    g_assert_nonnull(folder);
    g_assert_cmpint(g_chdir(folder), ==, 0);
    (*(const GTestFunc *) data)();
    g_assert_cmpint(g_chdir(before), ==, 0);
    directory = g_dir_open(folder, 0, NULL);
    while ((name = g_dir_read_name(directory))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        g_remove(path);
    }
    g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static void
put(const char *name, const char *text)
{
    g_assert_true(g_file_set_contents(name, text, -1, NULL));
}

static char *
get(const char *name)
{
    char *text;
    g_autoptr(GError) error = NULL;

    g_file_get_contents(name, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

static void
assert_secret_file(const char *name)
{
    struct stat status;

    g_assert_cmpint(lstat(name, &status), ==, 0);
    g_assert_true(S_ISREG(status.st_mode));
    g_assert_cmpint(status.st_mode & 07777, ==, 0600);
}

static gboolean
is_there(const char *name)
{
    return g_file_test(name, G_FILE_TEST_EXISTS);
}

#define assert_fails(run, code, part)                                                              \
    do {                                                                                           \
        g_assert_cmpint((run)->status, ==, code);                                                  \
        g_assert_cmpstr((run)->out, ==, "");                                                       \
        ctl_assert_holds((run)->err, part);                                                        \
    } while (0)

/* ---- convert ------------------------------------------------------------------------------- */

static void
test_convert(void)
{
    g_autoptr(CtlRun) first = NULL;
    g_autoptr(CtlRun) second = NULL;
    g_autoptr(CtlRun) forced = NULL;
    g_autoptr(CtlRun) to_output = NULL;
    g_autofree char *text = NULL;

    put("wg0.conf", WG_QUICK);
    first = CTL_RUN(NULL, "convert", "wg0.conf", "a.wirelink");
    g_assert_cmpint(first->status, ==, 0);
    g_assert_cmpstr(first->out, ==, "");
    g_assert_cmpstr(first->err, ==, "");
    assert_secret_file("a.wirelink");
    text = get("a.wirelink");
    ctl_assert_holds(text, "[Wirelink]\n");
    ctl_assert_holds(text, "PrivateKey = " PRIVATE_KEY "\n");

    put("a.wirelink", "mine");
    second = CTL_RUN(NULL, "convert", "wg0.conf", "a.wirelink");
    assert_fails(second, 1, "\"a.wirelink\": it already exists");
    ctl_assert_holds(second->err, "--force");
    forced = CTL_RUN(NULL, "convert", "--force", "wg0.conf", "a.wirelink");
    g_assert_cmpint(forced->status, ==, 0);
    assert_secret_file("a.wirelink");
    to_output = CTL_RUN(NULL, "convert", "wg0.conf");
    g_assert_cmpstr(to_output->out, ==, text);
}

/* A commercial file: a split tunnel would send in the clear what its owner expects inside. */
static void
test_convert_default_route(void)
{
    g_autoptr(CtlRun) run = NULL;
    g_autofree char *text = NULL;

    put("vpn.conf", "[Interface]\nPrivateKey = " PRIVATE_KEY
                    "\nAddress = 10.77.0.2/32\nDNS = 10.77.0.1\nPostUp = true\n\n[Peer]\nPublicKey "
                    "= " HUB_KEY "\nEndpoint = vpn.example.net:51820\n"
                    "AllowedIPs = 0.0.0.0/0, ::/0\n");
    run = CTL_RUN(NULL, "convert", "vpn.conf", "vpn.wirelink");
    g_assert_cmpint(run->status, ==, 0);
    g_assert_true(g_str_has_prefix(
        run->err, "wirelinkctl: warning: vpn.conf:10: AllowedIPs: contains a default route, so "
                  "all traffic of this machine goes through the tunnel (FullTunnel = yes), as "
                  "with wg-quick; "));
    text = get("vpn.wirelink");
    ctl_assert_holds(text, "FullTunnel = yes\n");
}

static void
test_convert_go(void)
{
    g_autoptr(CtlRun) alone = NULL;
    g_autoptr(CtlRun) with = NULL;
    g_autoptr(CtlRun) back = NULL;
    g_autoptr(CtlRun) again = NULL;
    g_autoptr(CtlRun) half = NULL;
    g_autoptr(CtlRun) only = NULL;
    g_autofree char *profile = NULL;

    put("wg0.conf", WG_QUICK);
    put("w.json", "{\"port\": 51900, \"router\": false, \"peers\": [{\"PublicKey\": \"" HUB_KEY
                  "\", \"Name\": \"hub\", \"Trust\": \"Membership\"}]}");
    alone = CTL_RUN(NULL, "convert", "w.json", "a.wirelink");
    assert_fails(alone, 1, "--with");
    g_assert_false(is_there("a.wirelink"));
    with = CTL_RUN(NULL, "convert", "w.json", "a.wirelink", "--with", "wg0.conf");
    g_assert_cmpstr(with->err, ==, "");
    g_assert_cmpint(with->status, ==, 0);
    profile = get("a.wirelink");
    ctl_assert_holds(profile, "Trust = Membership\n");

    back = CTL_RUN(NULL, "convert", "a.wirelink", "b.json", "--with", "b.conf");
    g_assert_cmpstr(back->err, ==, "");
    assert_secret_file("b.json");
    assert_secret_file("b.conf");
    again = CTL_RUN(NULL, "convert", "b.json", "--with", "b.conf");
    g_assert_cmpstr(again->out, ==, profile);

    /* Neither file is written if one of them cannot be. */
    half = CTL_RUN(NULL, "convert", "a.wirelink", "b.json", "--with", "c.conf");
    assert_fails(half, 1, "\"b.json\": it already exists");
    g_assert_false(is_there("c.conf"));
    only = CTL_RUN(NULL, "convert", "a.wirelink", "d.json");
    g_assert_cmpint(only->status, ==, 0);
    ctl_assert_holds(only->err, "warning: left out PrivateKey, which a go file cannot hold\n");
    g_assert_null(strstr(only->err, PRIVATE_KEY));
}

/* No other user can read a key that replaces a file of mode 0644. */
static void
test_convert_force(void)
{
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(CtlRun) link = NULL;
    g_autoptr(CtlRun) folder = NULL;
    g_autofree char *text = NULL;

    put("wg0.conf", WG_QUICK);
    put("a.wirelink", "old");
    g_assert_cmpint(g_chmod("a.wirelink", 0644), ==, 0);
    run = CTL_RUN(NULL, "convert", "--force", "wg0.conf", "a.wirelink");
    g_assert_cmpstr(run->err, ==, "");
    assert_secret_file("a.wirelink");

    put("target", "old");
    g_assert_cmpint(symlink("target", "b.wirelink"), ==, 0);
    link = CTL_RUN(NULL, "convert", "--force", "wg0.conf", "b.wirelink");
    g_assert_cmpint(link->status, ==, 0);
    assert_secret_file("b.wirelink");
    text = get("target");
    g_assert_cmpstr(text, ==, "old");

    g_assert_cmpint(g_mkdir("c.wirelink", 0700), ==, 0);
    folder = CTL_RUN(NULL, "convert", "--force", "wg0.conf", "c.wirelink");
    assert_fails(folder, 1,
                 "cannot write \"c.wirelink\": it is not a regular file but a directory");
}

static void
test_convert_wirehub(void)
{
    g_autoptr(CtlRun) alone = NULL;
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(CtlRun) stranger = NULL;
    g_autoptr(CtlRun) back = NULL;
    static const char network[] = "subnet 10.0.42.0/24\n\ntrust me 10.0.42.2 " WH_OWN
                                  "\nrouter hub 10.0.42.3 " WH_HUB " 192.0.2.1:4242\n";

    put("net.wirehub", network);
    put("key", PRIVATE_KEY "\n");
    put("other", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
    g_assert_cmpint(g_chmod("key", 0600), ==, 0);
    g_assert_cmpint(g_chmod("other", 0600), ==, 0);
    alone = CTL_RUN(NULL, "convert", "net.wirehub");
    assert_fails(alone, 1, "--private-key-file");
    stranger = CTL_RUN(NULL, "convert", "net.wirehub", "--private-key-file", "other");
    assert_fails(stranger, 1, "use the private key of one of the members");
    run = CTL_RUN(NULL, "convert", "net.wirehub", "a.wirelink", "--private-key-file", "key");
    g_assert_cmpstr(run->err, ==, "");
    back = CTL_RUN(NULL, "convert", "--to", "wirehub", "a.wirelink");
    g_assert_cmpstr(back->out, ==, network);
    g_assert_cmpstr(
        back->err, ==,
        "wirelinkctl: warning: left out PrivateKey, which a wirehub file cannot hold\n");
}

static void
test_convert_invalid_arguments(void)
{
    g_autoptr(CtlRun) nothing = CTL_RUN(NULL, "convert");
    g_autoptr(CtlRun) format = CTL_RUN(NULL, "convert", "--to", "x\033", "a");
    g_autoptr(CtlRun) missing = CTL_RUN(NULL, "convert", "a.conf");
    g_autoptr(CtlRun) folder = CTL_RUN(NULL, "convert", ".");
    g_autoptr(CtlRun) device = NULL;
    g_autoptr(CtlRun) unknown = NULL;
    g_autoptr(CtlRun) same = NULL;
    g_autoptr(CtlRun) bad = NULL;

    assert_fails(nothing, 2, "convert: FILE is missing");
    assert_fails(format, 2, "--to: unknown format \"x\\u{1b}\"");
    assert_fails(missing, 1, "Cannot read \"a.conf\"");
    assert_fails(folder, 1, "is not a regular file");
    put("a", "hello");
    put("b.conf", WG_QUICK);
    put("c.conf", WG_QUICK "Color\n");
    unknown = CTL_RUN(NULL, "convert", "a");
    assert_fails(unknown, 1, "name it with --from");
    same = CTL_RUN(NULL, "convert", "b.conf", "d.conf");
    assert_fails(same, 2, "already is a wg-quick file");
    bad = CTL_RUN(NULL, "convert", "c.conf", "d.wirelink");
    assert_fails(bad, 1, "c.conf:10: ");
    device = CTL_RUN(NULL, "convert", "--force", "--to", "wirelink", "b.conf", "/dev/null");
    assert_fails(device, 1, "is not a regular file");
    g_assert_false(is_there("d.conf"));
    g_assert_false(is_there("d.wirelink"));
}

/* ---- new and add --------------------------------------------------------------------------- */

/* The value of the first line "KEY = ..." */
static char *
value_of(const char *text, const char *key)
{
    g_autofree char *start = g_strdup_printf("\n%s = ", key);
    const char *found = strstr(text, start);

    g_assert_nonnull(found);
    found += strlen(start);
    return g_strndup(found, strcspn(found, "\n"));
}

static void
test_new(void)
{
    g_autoptr(CtlRun) run = CTL_RUN(NULL, NEW);
    g_autoptr(CtlRun) public_run = NULL;
    g_autoptr(CtlRun) again = NULL;
    g_autofree char *hub = get("hub.wirelink");
    g_autofree char *laptop = get("laptop.wirelink");
    g_autofree char *hub_private = value_of(hub, "PrivateKey");
    g_autofree char *hub_public = value_of(laptop, "PublicKey");

    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpstr(run->err, ==, "");
    ctl_assert_holds(run->out, "nmcli connection import type wirelink file laptop.wirelink");
    g_assert_null(strstr(run->out, hub_private));
    assert_secret_file("hub.wirelink");
    assert_secret_file("laptop.wirelink");
    ctl_assert_holds(hub, "Address = 10.77.0.1/24, fd77::1/64\nListenPort = 51820\n");
    ctl_assert_holds(hub, "Role = router\n");
    ctl_assert_holds(hub, "Name = laptop\nAllowedIPs = 10.77.0.2/32, fd77::2/128\n");
    ctl_assert_holds(laptop, "Address = 10.77.0.2/24, fd77::2/64\n");
    ctl_assert_holds(laptop, "Name = hub\nEndpoint = hub.example.net:51820\n"
                             "AllowedIPs = 10.77.0.1/32, fd77::1/128, 10.77.0.0/24, fd77::/64\n");
    public_run = CTL_RUN(hub_private, "pubkey");
    g_assert_cmpstr(g_strchomp(public_run->out), ==, hub_public);

    again = CTL_RUN(NULL, NEW);
    assert_fails(again, 1, "\"hub.wirelink\": it already exists");
}

/* Neither file remains if one of them cannot be written. */
static void
test_new_second_file_exists(void)
{
    g_autoptr(CtlRun) run = NULL;

    put("laptop.wirelink", "mine");
    run = CTL_RUN(NULL, NEW);
    assert_fails(run, 1, "\"laptop.wirelink\": it already exists");
    g_assert_false(is_there("hub.wirelink"));
}

static void
test_new_invalid_arguments(void)
{
    static const struct {
        const char *name, *network, *endpoint, *problem;
    } cases[] = {
        {"../laptop", "10.77.0.0/24", "h", "new: NAME: a member name is 1 to 63 bytes"},
        {"", "10.77.0.0/24", "h", "new: NAME: a member name is 1 to 63 bytes"},
        {"HUB", "10.77.0.0/24", "h", "same name"},
        {"a", "10.77.0.0/31", "h", "new: --network: 10.77.0.0/31 is not a network for members"},
        {"a", "10.77.0.0", "h", "new: --network: 10.77.0.0/32 is not a network for members"},
        {"a", "::/0", "h", "new: --network: ::/0 is not a network for members"},
        {"a", "10.77.0.0/24,10.0.0.0/8", "h", "overlaps"},
        {"a", "x", "h", "new: --network: \"x\" is not an IP address"},
        {"a", "", "h", "new: --network: no network given"},
        {"a", "10.77.0.0/24", "h:0", "new: --endpoint: \"h:0\" has no valid port"},
        {"a", "10.77.0.0/24", "h:1,g:2", "new: --endpoint: expected one endpoint"},
        {"a", "10.77.0.0/24", "h:51821", "new: --endpoint: port 51821"},
    };
    g_autoptr(CtlRun) missing = CTL_RUN(NULL, "new", "a", "--endpoint", "h");

    assert_fails(missing, 2, "new: --network is missing");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(CtlRun) run = CTL_RUN(NULL, "new", "--network", cases[i].network, "--endpoint",
                                        cases[i].endpoint, "--", cases[i].name);

        assert_fails(run, 2, cases[i].problem);
    }
    g_assert_false(is_there("hub.wirelink"));
}

static void
test_add(void)
{
    g_autoptr(CtlRun) made = CTL_RUN(NULL, NEW);
    g_autoptr(CtlRun) printed = NULL;
    g_autoptr(CtlRun) written = NULL;
    g_autoptr(CtlRun) third = NULL;
    g_autoptr(CtlRun) same = NULL;
    g_autofree char *before = NULL;
    g_autofree char *with_comment = NULL;
    g_autofree char *after = NULL;
    g_autofree char *desktop = NULL;

    before = get("hub.wirelink");
    printed = CTL_RUN(NULL, "add", "server");
    g_assert_cmpint(printed->status, ==, 0);
    ctl_assert_holds(printed->out, "Name = server\nAllowedIPs = 10.77.0.3/32, fd77::3/128\n");
    after = get("hub.wirelink");
    g_assert_cmpstr(after, ==, before);

    /* Comments are kept; the address of the first one is free, as it was not written. */
    with_comment = g_strconcat(before, "# a comment", NULL);
    put("hub.wirelink", with_comment);
    written = CTL_RUN(NULL, "add", "desktop", "--write");
    g_assert_cmpstr(written->err, ==, "");
    g_free(after);
    after = get("hub.wirelink");
    g_assert_true(g_str_has_prefix(after, with_comment));
    ctl_assert_holds(after, "Name = desktop\nAllowedIPs = 10.77.0.3/32, fd77::3/128\n");
    assert_secret_file("hub.wirelink");
    assert_secret_file("desktop.wirelink");
    desktop = get("desktop.wirelink");
    ctl_assert_holds(desktop, "Address = 10.77.0.3/24, fd77::3/64\n");
    ctl_assert_holds(desktop, "Endpoint = hub.example.net:51820\n");
    third = CTL_RUN(NULL, "add", "nas", "--write", "--endpoint", "192.0.2.1:7");
    ctl_assert_holds(third->out, "10.77.0.4/32, fd77::4/128");
    same = CTL_RUN(NULL, "add", "DESKTOP", "--write");
    assert_fails(same, 1, "a member named DESKTOP already exists");
}

/* The two families get the same number, which is free in both. */
static void
test_add_addresses(void)
{
    static const char head[] =
        "[Interface]\nPrivateKey = " PRIVATE_KEY "\nAddress = 10.77.0.1/28, fd77::1/64\n"
        "[Wirelink]\nRole = router\nX-Endpoint = h\n[Peer]\nPublicKey = " HUB_KEY "\n";
    static const struct {
        const char *allowed_ips, *expected;
    } cases[] = {
        {"10.77.0.2/32, fd77::3/128", "AllowedIPs = 10.77.0.4/32, fd77::4/128\n"},
        {"10.77.0.0/29", "AllowedIPs = 10.77.0.8/32, fd77::8/128\n"},
        {"10.77.0.2/32, 0.0.0.0/0, fd77::/64", "AllowedIPs = 10.77.0.3/32, fd77::3/128\n"},
        {"fd77::/124", NULL},
        {"fd77::/65", NULL},
        {"10.77.0.0/29, 10.77.0.8/29", NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *hub = g_strdup_printf("%sAllowedIPs = %s\n", head, cases[i].allowed_ips);
        g_autoptr(CtlRun) run = NULL;

        put("h.wirelink", hub);
        run = CTL_RUN(NULL, "add", "a", "--hub-file", "h.wirelink");
        if (cases[i].expected)
            ctl_assert_holds(run->out, cases[i].expected);
        else
            assert_fails(run, 1, "h.wirelink: no free address in ");
        g_remove("a.wirelink");
    }
}

static void
test_add_invalid_requests(void)
{
    g_autoptr(CtlRun) none = CTL_RUN(NULL, "add", "a");
    g_autoptr(CtlRun) made = CTL_RUN(NULL, NEW);
    g_autoptr(CtlRun) leaf = CTL_RUN(NULL, "add", "a", "--hub-file", "laptop.wirelink");
    g_autoptr(CtlRun) code = CTL_RUN(NULL, "add", "a", "--qr");
    g_autoptr(CtlRun) pipe = CTL_RUN(NULL, "add", "a", "--basic", "--qr");
    g_autoptr(CtlRun) taken = NULL;
    g_autofree char *before = get("hub.wirelink");
    g_autofree char *after = NULL;

    assert_fails(none, 1, "name the file of the hub with --hub-file");
    assert_fails(leaf, 1, "laptop.wirelink: not the file of a hub");
    assert_fails(code, 2, "--qr needs --basic");
    assert_fails(pipe, 1, "standard output is not a terminal");
    g_assert_false(is_there("a.conf"));
    put("b.wirelink", "mine");
    taken = CTL_RUN(NULL, "add", "b", "--write");
    assert_fails(taken, 1, "\"b.wirelink\": it already exists");
    after = get("hub.wirelink");
    g_assert_cmpstr(after, ==, before);
}

/* Members added at the same time get different addresses. */
static void
test_add_concurrent_members(void)
{
    g_autoptr(CtlRun) made = CTL_RUN(NULL, NEW);
    g_autoptr(GPtrArray) processes = g_ptr_array_new_with_free_func(g_object_unref);
    g_autofree char *hub = NULL;

    for (guint i = 0; i < 8; i++) {
        g_autofree char *name = g_strdup_printf("m%u", i);
        g_autoptr(GError) error = NULL;

        g_ptr_array_add(processes,
                        g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error,
                                         g_getenv("WL_TEST_CTL"), "add", name, "--write", NULL));
        g_assert_no_error(error);
    }
    for (guint i = 0; i < processes->len; i++)
        g_assert_true(g_subprocess_wait_check(processes->pdata[i], NULL, NULL));
    hub = get("hub.wirelink");
    for (guint i = 0; i < 8; i++) {
        g_autofree char *address = g_strdup_printf("\nAllowedIPs = 10.77.0.%u/32, ", i + 3);

        ctl_assert_holds(hub, address);
    }
}

/* The printed blocks, read back, are the code of the file. */
static void
test_qr_code(void)
{
    g_autoptr(CtlRun) made = CTL_RUN(NULL, NEW);
    g_autoptr(CtlRun) run = CTL_RUN(NULL, "add", "phone", "--basic", "--write", "--qr-force");
    g_autofree char *file = get("phone.conf");
    g_autofree char *hub = get("hub.wirelink");
    g_auto(GStrv) lines = g_strsplit(run->out, "\n", -1);
    QRcode *code = QRcode_encodeString8bit(file, 0, QR_ECLEVEL_L);
    const int quiet = 4;

    g_assert_cmpint(run->status, ==, 0);
    assert_secret_file("phone.conf");
    g_assert_null(strstr(file, "[Wirelink]"));
    ctl_assert_holds(hub, "Name = phone\nAllowedIPs = 10.77.0.3/32, fd77::3/128\nBasic = yes\n");
    g_assert_nonnull(code);
    for (int row = -quiet; row < code->width + quiet; row++) {
        const char *line = lines[(row + quiet) / 2];
        const char *at = line;

        /* After the colors, black on white in any color scheme. */
        g_assert_true(g_str_has_prefix(line, "\033[30;47m\033[38;5;16;48;5;231m"));
        g_assert_true(g_str_has_suffix(line, "\033[0m"));
        at = line + strlen("\033[30;47m\033[38;5;16;48;5;231m");
        for (int column = -quiet; column < code->width + quiet; column++) {
            gunichar block = g_utf8_get_char(at);
            gboolean upper = block == 0x2588 || block == 0x2580;
            gboolean lower = block == 0x2588 || block == 0x2584;
            gboolean inside = row >= 0 && column >= 0 && row < code->width && column < code->width;
            gboolean dark = inside && (code->data[row * code->width + column] & 1);

            g_assert_cmpint((row + quiet) % 2 ? lower : upper, ==, dark);
            at = g_utf8_next_char(at);
        }
        g_assert_cmpint(*at, ==, '\033');
    }
    QRcode_free(code);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        GTestFunc func;
    } cases[] = {
        {"/ctl/convert/wg-quick", test_convert},
        {"/ctl/convert/default-route", test_convert_default_route},
        {"/ctl/convert/go", test_convert_go},
        {"/ctl/convert/force", test_convert_force},
        {"/ctl/convert/wirehub", test_convert_wirehub},
        {"/ctl/convert/invalid-arguments", test_convert_invalid_arguments},
        {"/ctl/new/files", test_new},
        {"/ctl/new/second-file-exists", test_new_second_file_exists},
        {"/ctl/new/invalid-arguments", test_new_invalid_arguments},
        {"/ctl/add/files", test_add},
        {"/ctl/add/addresses", test_add_addresses},
        {"/ctl/add/invalid-requests", test_add_invalid_requests},
        {"/ctl/add/concurrent-members", test_add_concurrent_members},
        {"/ctl/add/qr-code", test_qr_code},
    };

    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        g_test_add_data_func(cases[i].path, &cases[i].func, run_in_folder);
    return g_test_run();
}
