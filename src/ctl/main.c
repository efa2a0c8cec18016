/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wirelinkctl: looks the command up in the table, parses its command line and runs it. The exit
 * status is a WlExit.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "wl-display.h"
#include "wl-print.h"
#include "wl-request.h"

#define MAX_QUOTED 120 /* columns of an argument in a message */

static void
print_help(void)
{
    puts("Usage: wirelinkctl COMMAND [ARGUMENTS]\n\nCommands:");
    for (const WlCommand *const *i = wl_command_list(); *i; i++) {
        g_autofree char *usage = wl_request_dup_usage(*i);

        printf("  %s\n      %s\n", usage, (*i)->summary);
    }
    puts("\nOptions:\n"
         "  --help, -h\n      print this help; after a command, its help\n"
         "  --version\n      print the version\n\n"
         "Exit status:\n"
         "  0  success\n"
         "  1  failure: invalid input, a failed check, or a service or the bus does not answer\n"
         "  2  invalid command line\n"
         "  3  no active profile, or no such profile or peer\n"
         "  4  not permitted: run as root\n"
         "  5  the service has another version than this program\n\n"
         "PEER is the name of a peer, its public key, or an unambiguous start of the key.\n"
         "PROFILE is the name, the UUID or the interface of a profile.");
}

static WlExit
finish(WlExit result)
{
    gboolean written = wl_print_finish();

    return result == WL_EXIT_OK && !written ? WL_EXIT_FAILURE : result;
}

static WlExit
run(const WlCommand *command, char **arguments)
{
    g_auto(WlRequest) request = {0};
    WlExit result;

    switch (wl_request_parse(&request, command, arguments)) {
    case WL_PARSED_HELP:
        wl_request_print_help(command);
        return WL_EXIT_OK;
    case WL_PARSED_ERROR:
        return WL_EXIT_USAGE;
    case WL_PARSED_RUN:
        break;
    }
    result = command->check ? command->check(&request) : WL_EXIT_OK;
    if (result == WL_EXIT_OK)
        result = wl_request_load(&request, command);
    return result == WL_EXIT_OK ? command->run(&request) : result;
}

int
main(int argc, char **argv)
{
    const WlCommand *command;

    /* It fails only without a source of random bytes. */
    if (sodium_init() < 0) {
        wl_print_error("cannot initialize libsodium");
        return WL_EXIT_FAILURE;
    }
    if (argc < 2) {
        wl_print_error("no command given; see wirelinkctl --help");
        return WL_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help();
        return finish(WL_EXIT_OK);
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("wirelinkctl " WL_VERSION);
        return finish(WL_EXIT_OK);
    }
    command = wl_command_find(argv[1]);
    if (!command) {
        g_autofree char *name = wl_display_quote(argv[1], MAX_QUOTED);

        const char *guess = wl_command_guess(argv[1]);

        if (guess)
            wl_print_error("unknown command \"%s\"; did you mean \"%s\"? Otherwise see "
                           "wirelinkctl --help",
                           name, guess);
        else
            wl_print_error("unknown command \"%s\"; see wirelinkctl --help", name);
        return WL_EXIT_USAGE;
    }
    return finish(run(command, argv + 2));
}
