/* SPDX-License-Identifier: GPL-2.0-or-later */
/* genkey, pubkey, link-local, and the command line that all commands share. */
#include "ctl-run.h"
#include "wl-key.h"

#include <string.h>

#define ALICE_PRIVATE "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define ALICE_PUBLIC  "j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF8="
#define ALICE_ADDRESS "fe80::58e3:f6f9:c107:22cf\n"

static void
test_round_trip(void)
{
    g_autoptr(CtlRun) private_run = CTL_RUN(NULL, "genkey");
    g_autoptr(CtlRun) other_run = CTL_RUN(NULL, "genkey");
    g_autoptr(CtlRun) public_run = NULL;
    WlKey private_key, public_key, derived;

    g_assert_cmpint(private_run->status, ==, 0);
    g_assert_cmpstr(private_run->err, ==, "");
    g_assert_cmpstr(private_run->out, !=, other_run->out);
    public_run = CTL_RUN(private_run->out, "pubkey");
    g_assert_cmpint(public_run->status, ==, 0);

    g_assert_true(wl_key_parse(g_strchomp(private_run->out), &private_key));
    g_assert_cmpint(private_key.bytes[0] & 7, ==, 0);
    g_assert_true(wl_key_parse(g_strchomp(public_run->out), &public_key));
    g_assert_true(wl_key_derive_public(&private_key, &derived));
    g_assert_true(wl_key_equal(&public_key, &derived));
}

static void
test_pubkey(void)
{
    g_autoptr(CtlRun) run = CTL_RUN("  " ALICE_PRIVATE "\r\n\n", "pubkey");

    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpstr(run->out, ==, ALICE_PUBLIC "\n");
    g_assert_cmpstr(run->err, ==, "");
}

static void
test_pubkey_of_invalid_keys(void)
{
    static const char *const inputs[] = {"", "\n", "AAEC\n", ALICE_PRIVATE "=",
                                         ALICE_PRIVATE "\n" ALICE_PRIVATE};
    g_autofree char *long_input = g_strnfill(100000, 'A');

    for (guint i = 0; i <= G_N_ELEMENTS(inputs); i++) {
        const char *input = i < G_N_ELEMENTS(inputs) ? inputs[i] : long_input;
        g_autoptr(CtlRun) run = CTL_RUN(input, "pubkey");

        g_assert_cmpint(run->status, ==, 1);
        g_assert_cmpstr(run->out, ==, "");
        g_assert_cmpstr(run->err, ==,
                        "wirelinkctl: standard input does not contain a private key: a key is 44 "
                        "characters of base64 that end in =\n");
    }
}

static void
test_link_local(void)
{
    g_autoptr(CtlRun) argument = CTL_RUN(NULL, "link-local", ALICE_PUBLIC);
    g_autoptr(CtlRun) input = CTL_RUN(ALICE_PUBLIC "\n", "link-local");
    g_autoptr(CtlRun) bad = CTL_RUN(NULL, "link-local", "a\033[1m\342\200\256");
    g_autoptr(CtlRun) bad_input = CTL_RUN("x", "link-local");

    g_assert_cmpstr(argument->out, ==, ALICE_ADDRESS);
    g_assert_cmpstr(input->out, ==, ALICE_ADDRESS);
    g_assert_cmpint(bad->status, ==, 1);
    g_assert_cmpstr(bad->err, ==,
                    "wirelinkctl: \"a\\u{1b}[1m\\u{202e}\" is not a public key; a key is 44 "
                    "characters of base64 that end in =\n");
    g_assert_cmpint(bad_input->status, ==, 1);
    ctl_assert_holds(bad_input->err, "standard input does not contain a public key");
}

static void
test_invalid_arguments(void)
{
    static const char *const wrong[][4] = {
        {"nonsense", NULL},
        {"genkey", "extra", NULL},
        {"pubkey", "--what", NULL},
        {"link-local", "a", "b", NULL},
        {"status", "a", "b", NULL},
        {"decode", "x", NULL},
        {"decode", "--source", "fe80::1", NULL},
        {"decode", "--private-key-file", "/dev/null", NULL},
        {NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(CtlRun) run = ctl_run(wrong[i], NULL, NULL);

        g_assert_cmpint(run->status, ==, 2);
        g_assert_cmpstr(run->out, ==, "");
        g_assert_true(g_str_has_prefix(run->err, "wirelinkctl: "));
        g_assert_true(strchr(run->err, '\n') == run->err + strlen(run->err) - 1);
    }
}

static void
test_help(void)
{
    static const char *const commands[] = {"status", "genkey", "pubkey", "link-local", "decode"};
    g_autoptr(CtlRun) help = CTL_RUN(NULL, "--help");
    g_autoptr(CtlRun) version = CTL_RUN(NULL, "--version");

    g_assert_cmpint(help->status, ==, 0);
    g_assert_cmpint(version->status, ==, 0);
    g_assert_cmpstr(version->out, ==, "wirelinkctl " WL_VERSION "\n");
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        g_autoptr(CtlRun) run = CTL_RUN(NULL, commands[i], "--help");
        g_autofree char *usage = g_strdup_printf("Usage: wirelinkctl %s", commands[i]);

        ctl_assert_holds(help->out, commands[i]);
        g_assert_cmpint(run->status, ==, 0);
        ctl_assert_holds(run->out, usage);
    }
}

/* A mistyped command is answered with the one that was meant; others are not guessed at. */
static void
test_guess(void)
{
    static const struct {
        const char *typed, *meant;
    } rows[] = {
        {"statu", "status"},
        {"sttaus", "status"},
        {"sttus", "status"},
        {"removx", "remove"},
        {"doktor", "doctor"},
        {"set-endpont", "set-endpoint"},
        {"xyz", NULL},
        {"u", NULL},
        {"", NULL},
        {"cmd", NULL},
        {"a-very-long-word-that-is-no-command", NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(CtlRun) run = CTL_RUN(NULL, rows[i].typed);
        g_autofree char *guess =
            g_strdup_printf("did you mean \"%s\"?", rows[i].meant ? rows[i].meant : "");

        g_assert_cmpint(run->status, ==, 2);
        ctl_assert_holds(run->err, "see wirelinkctl --help");
        if (rows[i].meant)
            ctl_assert_holds(run->err, guess);
        else
            g_assert_null(strstr(run->err, "did you mean"));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ctl/keys/round-trip", test_round_trip);
    g_test_add_func("/ctl/keys/pubkey", test_pubkey);
    g_test_add_func("/ctl/keys/pubkey-of-invalid-keys", test_pubkey_of_invalid_keys);
    g_test_add_func("/ctl/keys/link-local", test_link_local);
    g_test_add_func("/ctl/invalid-arguments", test_invalid_arguments);
    g_test_add_func("/ctl/help", test_help);
    g_test_add_func("/ctl/guess", test_guess);
    return g_test_run();
}
