/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl down: deactivates a profile of NetworkManager or wirelinkd. */
#include <stdio.h>

#include "wl-command.h"
#include "wl-connection.h"
#include "wl-front-end.h"
#include "wl-unit.h"

static WlExit
run(WlRequest *request)
{
    const char *name = request->operands[0];
    g_auto(WlFrontEnd) front_end = {0};
    g_autoptr(GError) error = NULL;

    if (wl_front_end_find(&front_end, request->bus, name, &error)) {
        if (front_end.profile)
            wl_connection_deactivate(request->bus, front_end.profile, &error);
        else
            wl_unit_stop(request->bus, front_end.file, &error);
    }
    return error ? wl_exit_error(FALSE, error) : WL_EXIT_OK;
}

const WlCommand wl_command_down = {
    .name = "down",
    .operands = "PROFILE",
    .summary = "deactivate a profile of NetworkManager or wirelinkd",
    .wants = WL_WANTS_BUS,
    .run = run,
};
