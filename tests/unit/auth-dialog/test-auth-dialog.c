/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Runs nm-wirelink-auth-dialog as agents do: standard input, output and exit status. */

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "test-keys.h"
#include "wl-profile.h"

#define SERVICE WL_PROFILE_SERVICE_TYPE

typedef struct {
    int status;
    char *output;
    char *message; /* on standard error */
} Result;

static void
result_clear(Result *result)
{
    g_free(result->output);
    g_free(result->message);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Result, result_clear)

/* "key=value" is data, "!key=value" a secret. */
static char *
make_input(const char *const *items)
{
    GString *input = g_string_new(NULL);

    for (; *items; items++) {
        gboolean secret = **items == '!';
        g_auto(GStrv) parts = g_strsplit(*items + secret, "=", 2);
        const char *kind = secret ? "SECRET" : "DATA";

        g_string_append_printf(input, "%s_KEY=%s\n%s_VAL=%s\n\n", kind, parts[0], kind, parts[1]);
    }
    g_string_append(input, "DONE\n\nQUIT\n\n");
    return g_string_free(input, FALSE);
}

static Result
run_program(const char *program, const char *service, const char *const *options,
            const char *const *items)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autofree char *input = make_input(items);
    g_autofree char *input_path = NULL;
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_autoptr(GSubprocess) process = NULL;
    g_autoptr(GError) error = NULL;
    Result result;

    g_ptr_array_add(argv, (gpointer) program);
    for (const char *const *option = options; *option; option++)
        g_ptr_array_add(argv, (gpointer) *option);
    for (const char *const *option = (const char *[]){"-u", "some-uuid", "-n", "home", "-s", NULL};
         *option; option++)
        g_ptr_array_add(argv, (gpointer) *option);
    g_ptr_array_add(argv, (gpointer) service);
    g_ptr_array_add(argv, NULL);
    /* A file, as the program may exit before it has read a pipe. */
    close(g_file_open_tmp("wirelink-auth-XXXXXX", &input_path, &error));
    g_assert_no_error(error);
    g_file_set_contents(input_path, input, -1, &error);
    g_assert_no_error(error);
    g_subprocess_launcher_set_stdin_file_path(launcher, input_path);
    process = g_subprocess_launcher_spawnv(launcher, (const char *const *) argv->pdata, &error);
    g_assert_no_error(error);
    g_subprocess_communicate_utf8(process, NULL, NULL, &result.output, &result.message, &error);
    g_assert_no_error(error);
    g_unlink(input_path);
    g_assert_true(g_subprocess_get_if_exited(process));
    result.status = g_subprocess_get_exit_status(process);
    return result;
}

static Result
run(const char *const *options, const char *const *items)
{
    return run_program(g_getenv("WL_TEST_AUTH_DIALOG"), SERVICE, options, items);
}

#define STRINGS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const char *const no_options[] = {NULL};

/* The questions as "name?" and the known secrets as "name=value", in order. */
static char *
summarize_ui(const char *text)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) groups = NULL;
    GString *summary = g_string_new(NULL);

    g_key_file_load_from_data(file, text, (gsize) -1, G_KEY_FILE_NONE, &error);
    g_assert_no_error(error);
    groups = g_key_file_get_groups(file, NULL);
    g_assert_cmpstr(groups[0], ==, "VPN Plugin UI");
    g_assert_cmpint(g_key_file_get_integer(file, groups[0], "Version", &error), ==, 2);
    g_assert_no_error(error);
    g_assert_true(g_key_file_has_key(file, groups[0], "Title", NULL));
    g_assert_true(g_key_file_has_key(file, groups[0], "Description", NULL));
    for (char **group = groups + 1; *group; group++) {
        g_autofree char *value = g_key_file_get_string(file, *group, "Value", &error);
        g_autofree char *label = g_key_file_get_string(file, *group, "Label", NULL);
        gboolean ask = g_key_file_get_boolean(file, *group, "ShouldAsk", &error);

        g_assert_no_error(error);
        g_assert_nonnull(label);
        g_assert_true(g_key_file_get_boolean(file, *group, "IsSecret", NULL));
        g_string_append_printf(summary, "%s%s%s%s", summary->len ? " " : "", *group,
                               ask ? "?" : "=", value);
    }
    return g_string_free(summary, FALSE);
}

static void
test_external_ui(void)
{
    static const struct {
        const char *items[5];
        const char *expected;
        const char *options[4];
    } cases[] = {
        {{"address=10.77.0.2/24"}, "private-key?"},
        {{"private-key-flags=0"}, "private-key?"},
        {{"private-key-flags=1"}, "private-key?"},
        {{"private-key-flags=2"}, "private-key?"},
        {{"private-key-flags=4"}, ""},
        {{"private-key-flags=2", "!private-key=" PRIVATE_KEY}, "private-key=" PRIVATE_KEY},
        {{"private-key-flags=1", "!private-key=nonsense"}, "private-key?nonsense"},
        {{"!private-key=" PRIVATE_KEY, "peer-2-preshared-key-flags=1",
          "peer-1-preshared-key-flags=2"},
         "private-key=" PRIVATE_KEY " peer-1-preshared-key? peer-2-preshared-key?"},
        {{"!private-key=" PRIVATE_KEY, "!peer-7-preshared-key=" PRESHARED_KEY},
         "private-key=" PRIVATE_KEY " peer-7-preshared-key=" PRESHARED_KEY},
        {{"!private-key=" PRIVATE_KEY, "peer-1-preshared-key-flags=4"}, "private-key=" PRIVATE_KEY},
        {{"!private-key=" PRIVATE_KEY, "peer-1-preshared-key-flags=4"},
         "private-key=" PRIVATE_KEY " peer-1-preshared-key?",
         {"-t", "peer-1-preshared-key"}},
        /* Reprompting without a missing secret asks for those of the user. */
        {{"!private-key=" PRIVATE_KEY, "peer-1-preshared-key-flags=1",
          "!peer-1-preshared-key=" PRESHARED_KEY},
         "private-key=" PRIVATE_KEY " peer-1-preshared-key?" PRESHARED_KEY,
         {"-r"}},
        {{"private-key-flags=2", "peer-1-preshared-key-flags=1",
          "!peer-1-preshared-key=" PRESHARED_KEY},
         "private-key? peer-1-preshared-key=" PRESHARED_KEY,
         {"-r"}},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) options = g_ptr_array_new();
        g_auto(Result) result = {0};
        g_autofree char *summary = NULL;

        g_ptr_array_add(options, (gpointer) "--external-ui-mode");
        g_ptr_array_add(options, (gpointer) "-i");
        for (guint j = 0; cases[i].options[j]; j++)
            g_ptr_array_add(options, (gpointer) cases[i].options[j]);
        g_ptr_array_add(options, NULL);
        result = run((const char *const *) options->pdata, cases[i].items);
        g_assert_cmpstr(result.message, ==, "");
        g_assert_cmpint(result.status, ==, 0);
        summary = summarize_ui(result.output);
        g_assert_cmpstr(summary, ==, cases[i].expected);
    }
}

static void
test_labels(void)
{
    g_auto(Result) result = run(
        STRINGS("--external-ui-mode", "-i"),
        STRINGS("peer-1-preshared-key-flags=1", "peer-1-name=hub", "peer-2-preshared-key-flags=1"));

    g_assert_nonnull(strstr(result.output, "\nLabel=Private key\n"));
    g_assert_nonnull(strstr(result.output, "\nLabel=Preshared key of \"hub\"\n"));
    g_assert_nonnull(strstr(result.output, "\nLabel=Preshared key of peer 2\n"));
    g_assert_nonnull(strstr(result.output, "home"));
}

static void
test_not_interactive(void)
{
    g_auto(Result) external = run(STRINGS("--external-ui-mode"), STRINGS("private-key-flags=2"));
    g_auto(Result) plain = run(no_options, STRINGS("private-key-flags=2"));
    g_autofree char *summary = summarize_ui(external.output);

    g_assert_cmpstr(summary, ==, "");
    g_assert_cmpint(external.status, ==, 0);
    g_assert_cmpstr(plain.output, ==, "\n\n");
    g_assert_cmpint(plain.status, ==, 0);
}

static void
test_plain(void)
{
    g_auto(Result) result =
        run(STRINGS("-i"), STRINGS("private-key-flags=1", "!private-key=" PRIVATE_KEY,
                                   "!peer-2-preshared-key=" PRESHARED_KEY, "!other=ignored"));

    g_assert_cmpstr(result.output, ==,
                    "private-key\n" PRIVATE_KEY "\npeer-2-preshared-key\n" PRESHARED_KEY "\n\n\n");
    g_assert_cmpint(result.status, ==, 0);
}

/* A value of two lines would be read as another secret. */
static void
test_lines_in_value(void)
{
    g_auto(Result) result = run(no_options, STRINGS("!private-key=" PRIVATE_KEY,
                                                    "!peer-1-preshared-key=a\n=private-key\n=b"));

    g_assert_cmpstr(result.output, ==, "private-key\n" PRIVATE_KEY "\n\n\n");
}

static void
test_refused(void)
{
    g_auto(Result) service =
        run_program(g_getenv("WL_TEST_AUTH_DIALOG"), "org.freedesktop.NetworkManager.openvpn",
                    STRINGS("--external-ui-mode"), STRINGS("a=b"));
    g_auto(Result) option = run(STRINGS("--nonsense"), STRINGS("a=b"));

    g_assert_cmpint(service.status, !=, 0);
    g_assert_cmpstr(service.output, ==, "");
    g_assert_nonnull(strstr(service.message, "org.freedesktop.NetworkManager.openvpn"));
    g_assert_cmpint(option.status, !=, 0);
    g_assert_cmpstr(option.output, ==, "");
}

/* ---- with a window ------------------------------------------------------------------------- */

static char *
make_directory(const char *window)
{
    g_autofree char *directory = g_dir_make_tmp("wirelink-auth-XXXXXX", NULL);
    g_autofree char *program = g_build_filename(directory, "nm-wirelink-auth-dialog", NULL);
    g_autofree char *helper = g_build_filename(directory, "nm-wirelink-auth-dialog-window", NULL);
    g_autoptr(GFile) from = g_file_new_for_path(g_getenv("WL_TEST_AUTH_DIALOG"));
    g_autoptr(GFile) to = g_file_new_for_path(program);
    g_autoptr(GError) error = NULL;

    g_file_copy(from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, &error);
    g_assert_no_error(error);
    if (window) {
        g_file_set_contents(helper, window, -1, &error);
        g_assert_no_error(error);
        g_assert_cmpint(g_chmod(helper, 0700), ==, 0);
    }
    return g_steal_pointer(&directory);
}

static Result
run_with_window(const char *window, const char *const *items)
{
    g_autofree char *directory = make_directory(window);
    g_autofree char *program = g_build_filename(directory, "nm-wirelink-auth-dialog", NULL);
    g_autofree char *helper = g_build_filename(directory, "nm-wirelink-auth-dialog-window", NULL);
    Result result = run_program(program, SERVICE, STRINGS("-i"), items);

    g_unlink(helper);
    g_unlink(program);
    g_rmdir(directory);
    return result;
}

static void
test_window(void)
{
    const char *const items[] = {"private-key-flags=2", "!peer-1-preshared-key=" PRESHARED_KEY,
                                 NULL};
    g_auto(Result) answered = run_with_window("#!/bin/sh\ngrep -q '^\\[private-key\\]$' || exit 3\n"
                                              "printf 'private-key\\n" PRIVATE_KEY
                                              "\\npeer-1-preshared-key\\nnot asked\\nx\\ny\\n'\n",
                                              items);
    g_auto(Result) canceled = run_with_window("#!/bin/sh\nexit 1\n", items);
    g_auto(Result) failed = run_with_window("#!/bin/sh\nexit 3\n", items);
    g_auto(Result) none = run_with_window(NULL, items);

    g_assert_cmpstr(answered.message, ==, "");
    g_assert_cmpint(answered.status, ==, 0);
    g_assert_cmpstr(answered.output, ==,
                    "private-key\n" PRIVATE_KEY "\npeer-1-preshared-key\n" PRESHARED_KEY "\n\n\n");
    g_assert_cmpint(canceled.status, !=, 0);
    g_assert_cmpstr(canceled.output, ==, "");
    g_assert_cmpstr(canceled.message, ==, "");
    g_assert_cmpint(failed.status, !=, 0);
    g_assert_cmpstr(failed.output, ==, "");
    g_assert_nonnull(strstr(failed.message, "failed"));
    g_assert_cmpint(none.status, !=, 0);
    g_assert_cmpstr(none.output, ==, "");
    g_assert_nonnull(strstr(none.message, "nmcli --ask"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/auth-dialog/external-ui", test_external_ui);
    g_test_add_func("/auth-dialog/labels", test_labels);
    g_test_add_func("/auth-dialog/not-interactive", test_not_interactive);
    g_test_add_func("/auth-dialog/plain", test_plain);
    g_test_add_func("/auth-dialog/lines-in-value", test_lines_in_value);
    g_test_add_func("/auth-dialog/refused", test_refused);
    g_test_add_func("/auth-dialog/window", test_window);
    return g_test_run();
}
