/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wirelinkctl cleanup: runs the service to remove what killed services left behind. The service
 * knows which links, rules and routes are wirelink's. WIRELINK_SERVICE in the environment names
 * another program than the installed one.
 */
#include <gio/gio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wl-command.h"
#include "wl-print.h"

static WlExit
run(WlRequest *request)
{
    const char *program = g_getenv("WIRELINK_SERVICE");
    g_autoptr(GSubprocess) process = NULL;
    g_autoptr(GError) error = NULL;

    if (geteuid() != 0) {
        wl_print_error("removing links, rules and routes needs root; run it with sudo");
        return WL_EXIT_NOT_PERMITTED;
    }
    if (!program)
        program = WL_SERVICE_PROGRAM;
    process = g_subprocess_new(G_SUBPROCESS_FLAGS_NONE, &error, program, "--cleanup", NULL);
    if (!process || !g_subprocess_wait(process, NULL, &error)) {
        wl_print_error("cannot run %s: %s", program, error->message);
        return WL_EXIT_FAILURE;
    }
    return g_subprocess_get_successful(process) ? WL_EXIT_OK : WL_EXIT_FAILURE;
}

const WlCommand wl_command_cleanup = {
    .name = "cleanup",
    .summary = "remove links, rules and routes left behind by killed services",
    .run = run,
};
