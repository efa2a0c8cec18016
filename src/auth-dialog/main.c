/* SPDX-License-Identifier: GPL-2.0-or-later */

/* nm-wirelink-auth-dialog: asks for the secrets of a profile that NetworkManager does not store.
 * Secret agents (nmcli, GNOME Shell, nm-applet) run it as the user who activates the profile. Exits
 * with 0 if all secrets were printed. */

#include <errno.h>
#include <gio/gio.h>
#include <libintl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wl-auth-window.h"
#include "wl-no-core.h"

#define QUIT_TIMEOUT_MS 20000 /* for an agent that does not confirm that it has read everything */

typedef struct {
    char *uuid, *name, *service;
    gboolean external_ui, interactive, reprompt;
    char **hints;
} Options;

static void
options_clear(Options *options)
{
    g_free(options->uuid);
    g_free(options->name);
    g_free(options->service);
    g_strfreev(options->hints);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean
parse_options(int *argc, char ***argv, Options *options, GError **error)
{
    const GOptionEntry entries[] = {
        {"uuid", 'u', 0, G_OPTION_ARG_STRING, &options->uuid, "UUID of the profile", "UUID"},
        {"name", 'n', 0, G_OPTION_ARG_STRING, &options->name, "Name of the profile", "NAME"},
        {"service", 's', 0, G_OPTION_ARG_STRING, &options->service,
         "VPN service, which must be " WL_PROFILE_SERVICE_TYPE, "NAME"},
        {"allow-interaction", 'i', 0, G_OPTION_ARG_NONE, &options->interactive,
         "The user may be asked", NULL},
        {"reprompt", 'r', 0, G_OPTION_ARG_NONE, &options->reprompt,
         "The previous secrets were rejected", NULL},
        {"hint", 't', 0, G_OPTION_ARG_STRING_ARRAY, &options->hints,
         "A secret that is requested although it is not required", "SECRET"},
        {"external-ui-mode", 0, 0, G_OPTION_ARG_NONE, &options->external_ui,
         "Print the questions instead of asking", NULL},
        {NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- keys for a wirelink profile");

    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(
        context,
        "Run by nmcli and desktops to ask for keys that NetworkManager does not store. Reads "
        "the data and secrets of the profile from standard input.");
    if (!g_option_context_parse(context, argc, argv, error))
        return FALSE;
    if (options->uuid && options->name && options->service)
        return TRUE;
    g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        "--uuid, --name and --service are required");
    return FALSE;
}

static gboolean
write_all(const GString *text)
{
    for (gsize done = 0; done < text->len;) {
        gssize n = write(STDOUT_FILENO, text->str + done, text->len - done);

        if (n < 0 && errno != EINTR)
            return FALSE;
        done += n > 0 ? (gsize) n : 0;
    }
    return TRUE;
}

/* The agent sends QUIT or closes the pipe when it has read everything. */
static void
wait_for_quit(void)
{
    const char word[] = "QUIT";
    gint64 end = g_get_monotonic_time() + QUIT_TIMEOUT_MS * 1000;
    gsize seen = 0;

    while (seen < strlen(word)) {
        struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
        gint64 left = (end - g_get_monotonic_time()) / 1000;
        char c;

        if (left <= 0 || poll(&input, 1, (int) left) == 0)
            return;
        if (read(STDIN_FILENO, &c, 1) != 1)
            return;
        seen = c == word[seen] ? seen + 1 : c == word[0];
    }
}

static int
print(const Options *options, WlAuthForm *form)
{
    GString *text = options->external_ui ? wl_auth_form_to_ui(form) : wl_auth_form_to_lines(form);
    gboolean written = write_all(text);

    wl_auth_text_free(text);
    if (!written) {
        g_printerr("nm-wirelink-auth-dialog: cannot write the secrets: %s\n", g_strerror(errno));
        return EXIT_FAILURE;
    }
    if (!options->external_ui)
        wait_for_quit();
    return EXIT_SUCCESS;
}

static int
run(const Options *options)
{
    WlAuthRequest request = {
        .profile_name = options->name,
        .interactive = options->interactive,
        .reprompt = options->reprompt,
        .hints = (const char *const *) options->hints,
    };
    g_autoptr(GHashTable) data = NULL;
    g_autoptr(GHashTable) secrets = NULL;
    g_autoptr(WlAuthForm) form = NULL;
    g_autoptr(GError) error = NULL;

    if (!nm_vpn_service_plugin_read_vpn_details(STDIN_FILENO, &data, &secrets)) {
        g_printerr(
            "nm-wirelink-auth-dialog: cannot read the profile \"%s\" (%s) from standard input\n",
            options->name, options->uuid);
        return EXIT_FAILURE;
    }
    form = wl_auth_form_new(data, secrets, &request);
    if (!options->external_ui && wl_auth_form_asks(form) && !wl_auth_window_ask(form, &error)) {
        if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
            g_printerr("nm-wirelink-auth-dialog: %s\n", error->message);
        return EXIT_FAILURE;
    }
    return print(options, form);
}

int
main(int argc, char **argv)
{
    g_auto(Options) options = {0};
    g_autoptr(GError) error = NULL;

    setlocale(LC_ALL, "");
    bindtextdomain(GETTEXT_PACKAGE, WL_LOCALE_DIR);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    wl_no_core();
    signal(SIGPIPE, SIG_IGN); /* the window or the agent may exit early */
    if (!parse_options(&argc, &argv, &options, &error)) {
        g_printerr("nm-wirelink-auth-dialog: %s; see --help\n", error->message);
        return EXIT_FAILURE;
    }
    if (!g_str_equal(options.service, WL_PROFILE_SERVICE_TYPE)) {
        g_printerr("nm-wirelink-auth-dialog: only the service %s is supported, not %s\n",
                   WL_PROFILE_SERVICE_TYPE, options.service);
        return EXIT_FAILURE;
    }
    return run(&options);
}
