/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-error.h"
#include "wl-ctl-output.h"
#include "wl-ctl.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_QUOTED 120 /* columns of what was typed, in a message */

static const WlCtlCommand commands[] = {
    {"status", "[PROFILE] [--watch] [--json]", "show the active profiles and their peers",
     wl_cmd_status},
    {"peer", "PEER [--profile PROFILE] [--json]", "show everything about one peer", wl_cmd_peer},
    {"facts", "[PROFILE] [--json]", "show what is known, from whom, and why it is believed or not",
     wl_cmd_facts},
    {"explain", "PEER [--profile PROFILE] [--json]",
     "tell step by step why a peer is direct or not, and what to do", wl_cmd_explain},
    {"watch", "[PROFILE] [--json]", "print a line for each change", wl_cmd_watch},
    {"doctor", "[PROFILE] [--json]", "check this machine, each fault with its remedy",
     wl_cmd_doctor},
    {"refresh", "[PROFILE] [--json]", "tell and try everything again, now", wl_cmd_refresh},
    {"forget", "PEER ADDRESS [--profile PROFILE] [--json]",
     "forget an address that others told of a peer", wl_cmd_forget},
    {"sweep", "", "remove what a killed service left behind: links, rules, routes", wl_cmd_sweep},
    {"map", "--svg [PROFILE]", "draw the network as this member sees it", wl_cmd_map},
    {"convert", "[--from FORMAT] [--to FORMAT] IN [OUT]",
     "turn a file of another form into a profile, or back", wl_cmd_convert},
    {"new", "NAME --network PREFIX[,PREFIX] --endpoint HOST[:PORT]",
     "make a network: the files of its hub and of its first member NAME", wl_cmd_new},
    {"add", "NAME [--hub-file FILE] [--write] [--basic] [--qr]",
     "add a member to the network of a hub's file", wl_cmd_add},
    {"genkey", "", "make a private key", wl_cmd_genkey},
    {"pubkey", "", "read a private key, print its public key", wl_cmd_pubkey},
    {"link-local", "[PUBLIC-KEY]", "print the address of a member inside the tunnel",
     wl_cmd_link_local},
    {"decode", "[--private-key-file FILE --source ADDRESS]",
     "read datagrams as lines of hex, print each as a line of JSON", wl_cmd_decode},
};

static void
print_help(void)
{
    puts("Usage: wirelinkctl COMMAND [ARGUMENTS]\n\nCommands:");
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
        printf("  %s%s%s\n      %s\n", commands[i].name, *commands[i].arguments ? " " : "",
               commands[i].arguments, commands[i].summary);
    puts(
        "\nOptions:\n"
        "  --help, -h\n      print this\n"
        "  --version\n      print the version\n\n"
        "Exit status:\n"
        "  0  done\n"
        "  1  failed: bad input, a check of the doctor, or a service or the bus does not answer\n"
        "  2  wrong usage\n"
        "  3  no profile is active, or no such profile or peer\n"
        "  4  not permitted: run as root\n"
        "  5  the service is of another version than this program\n\n"
        "A PEER is named by its name, its key, or a start of its key that no other has; a PROFILE\n"
        "by its name, its UUID or its interface. wirelinkctl COMMAND --help tells more of one.");
}

static const WlCtlCommand *
find_command(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

static void
print_command_help(const WlCtlCommand *command, const GOptionEntry *entries)
{
    printf("Usage: wirelinkctl %s%s%s\n\n%c%s.\n", command->name, *command->arguments ? " " : "",
           command->arguments, g_ascii_toupper(command->summary[0]), command->summary + 1);
    for (; entries && entries->long_name; entries++)
        printf("  --%s%s%s\n      %s\n", entries->long_name, entries->arg_description ? " " : "",
               entries->arg_description ? entries->arg_description : "", entries->description);
}

gboolean
wl_ctl_parse(const char *name, char **arguments, const GOptionEntry *entries, guint max,
             char ***rest)
{
    static const GOptionEntry none[] = {{NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) left = NULL;
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    gboolean json = g_strv_contains((const char *const *) arguments, "--json");

    /* GOption takes the first one as the program's name. */
    g_strv_builder_add(builder, name);
    g_strv_builder_addv(builder, (const char **) arguments);
    left = g_strv_builder_end(builder);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_add_main_entries(context, entries ? entries : none, NULL);
    if (g_strv_contains((const char *const *) arguments, "--help") ||
        g_strv_contains((const char *const *) arguments, "-h")) {
        print_command_help(find_command(name), entries);
        exit(wl_ctl_finish_output() ? WL_EXIT_OK : WL_EXIT_FAILURE);
    }
    if (!g_option_context_parse_strv(context, &left, &error)) {
        g_autofree char *message = wl_ctl_quote(error->message, MAX_QUOTED);

        wl_ctl_fail_usage(json, name, "%s: %s", name, message);
        return FALSE;
    }
    if (left[1] && strcmp(left[1], "--") == 0) {
        g_free(left[1]);
        memmove(left + 1, left + 2, (g_strv_length(left + 2) + 1) * sizeof(*left));
    }
    if (g_strv_length(left) > 1 + max) {
        g_autofree char *extra = wl_ctl_quote(left[1 + max], MAX_QUOTED);

        wl_ctl_fail_usage(json, name, "%s does not take the argument \"%s\"", name, extra);
        return FALSE;
    }
    if (rest)
        *rest = g_strdupv(left + 1);
    return TRUE;
}

int
main(int argc, char **argv)
{
    const WlCtlCommand *command;
    WlExit result;

    /* Broken by nothing but the absence of random bytes. */
    if (sodium_init() < 0) {
        wl_ctl_complain("libsodium cannot be initialised");
        return WL_EXIT_FAILURE;
    }
    if (argc < 2) {
        wl_ctl_complain("a command is missing; see wirelinkctl --help");
        return WL_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help();
        return wl_ctl_finish_output() ? WL_EXIT_OK : WL_EXIT_FAILURE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("wirelinkctl " WL_VERSION);
        return wl_ctl_finish_output() ? WL_EXIT_OK : WL_EXIT_FAILURE;
    }
    command = find_command(argv[1]);
    if (!command) {
        g_autofree char *name = wl_ctl_quote(argv[1], MAX_QUOTED);

        wl_ctl_complain("there is no command \"%s\"; see wirelinkctl --help", name);
        return WL_EXIT_USAGE;
    }
    result = command->run(argv + 2);
    if (!wl_ctl_finish_output() && result == WL_EXIT_OK)
        result = WL_EXIT_FAILURE;
    return result;
}
