/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl forget: drops an address of a peer that other members advertised. */
#include <stdio.h>

#include "wl-address.h"
#include "wl-change-call.h"
#include "wl-command.h"
#include "wl-display.h"
#include "wl-print.h"

#define MAX_QUOTED 80 /* columns */

static void
print_forgotten(const WlRequest *request, const char *key, const char *address)
{
    g_autofree char *label = wl_active_peer_label(request->peer);
    g_autofree char *shown = wl_display_quote(address, MAX_QUOTED);

    if (request->json) {
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "public_key", key);
        json_object_set_string_member(object, "forgotten", address);
        wl_print_json(object, TRUE);
    } else {
        printf("%s: forgot %s; it returns if another member advertises it again\n", label, shown);
    }
}

static WlExit
run(WlRequest *request)
{
    const char *key = wl_property_string(request->peer->properties, "PublicKey");
    const char *address = request->operands[1];
    g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify) wl_call_free);
    g_autoptr(GError) failure = NULL;

    g_ptr_array_add(calls, wl_change_call_new(request->profile, "ForgetEndpoint",
                                              g_variant_new("(ss)", key, address)));
    wl_call_all(request->bus, calls, NULL);
    failure = wl_change_call_get_error(request->profile, g_ptr_array_index(calls, 0));
    if (failure)
        return wl_exit_error(request->json, failure);
    print_forgotten(request, key, address);
    return WL_EXIT_OK;
}

static WlExit
check(const WlRequest *request)
{
    g_autofree char *shown = wl_display_quote(request->operands[1], MAX_QUOTED);
    WlEndpoint endpoint;

    if (wl_endpoint_parse(request->operands[1], &endpoint))
        return WL_EXIT_OK;
    return wl_exit_usage(request->json, "forget",
                         "\"%s\" is not an address with a port, such as 192.0.2.1:51820 or "
                         "[2001:db8::1]:51820",
                         shown);
}

const WlCommand wl_command_forget = {
    .name = "forget",
    .operands = "PEER ADDRESS",
    .summary = "forget an address of a peer that other members advertised",
    .wants = WL_WANTS_PEER_TO_CHANGE,
    .json = TRUE,
    .check = check,
    .run = run,
};
