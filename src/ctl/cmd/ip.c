/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl ip: the address of a peer inside the tunnel, as other programs want it. */
#include <stdio.h>

#include "wl-command.h"
#include "wl-exit.h"

static WlExit
run(WlRequest *request)
{
    g_autofree char *address = wl_active_peer_address(request->peer);
    g_autofree char *label = wl_active_peer_label(request->peer);
    g_autoptr(GError) error = NULL;

    if (*address) {
        puts(address);
        return wl_active_profiles_finish(request->profiles, FALSE);
    }
    error = g_error_new(WL_CTL_ERROR, WL_EXIT_NOTHING,
                        "no address of %s is known, only the networks that it routes: add its "
                        "address with /32 or /128 to its allowed IPs",
                        label);
    return wl_exit_error(FALSE, error);
}

const WlCommand wl_command_ip = {
    .name = "ip",
    .operands = "PEER",
    .summary = "print the address of a peer inside the tunnel",
    .wants = WL_WANTS_PEER,
    .run = run,
};
