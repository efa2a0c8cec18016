/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl set-endpoint: changes where a peer is reached, also in an active profile. */
#include <stdio.h>
#include <string.h>

#include "wl-command.h"
#include "wl-display.h"
#include "wl-network.h"
#include "wl-profile-edit.h"

#define MAX_NAME 80 /* columns */

static struct {
    char *profile;
} options;

static const GOptionEntry entries[] = {
    {"profile", 0, 0, G_OPTION_ARG_STRING, &options.profile, "change this profile only", "PROFILE"},
    {NULL},
};

typedef struct {
    const char *key, *endpoint;
} Wanted;

/* A name becomes a candidate when it is resolved: only addresses are waited for. */
static gboolean
is_tried(const WlActiveProfile *active, gpointer user_data)
{
    const Wanted *wanted = user_data;
    WlEndpoint endpoint;

    if (!wl_endpoint_parse(wanted->endpoint, &endpoint))
        return TRUE;
    for (guint i = 0; i < active->peers->len; i++) {
        const WlActivePeer *peer = active->peers->pdata[i];
        g_autoptr(GVariant) candidates =
            wl_property_value(peer->properties, "Candidates", "a(ssss)");
        const char *address;
        GVariantIter iter;

        if (!candidates ||
            strcmp(wl_property_string(peer->properties, "PublicKey"), wanted->key) != 0)
            continue;
        g_variant_iter_init(&iter, candidates);
        while (g_variant_iter_next(&iter, "(&s&s&s&s)", &address, NULL, NULL, NULL)) {
            if (strcmp(address, wanted->endpoint) == 0)
                return TRUE;
        }
    }
    return FALSE;
}

static WlExit
run(WlRequest *request)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *endpoint = wl_network_endpoint(request->operands[1], NULL);
    g_autoptr(WlProfileEdits) edits = wl_profile_edits_load(request->bus, options.profile, &error);
    WlProfileEdit *edit = NULL;
    const WlProfilePeer *peer =
        edits ? wl_profile_edits_find_peer(edits, request->operands[0], &edit, &error) : NULL;
    g_autofree char *key = peer ? g_strdup(peer->public_key) : NULL;
    g_autofree char *label = peer && peer->name ? wl_display_quote(peer->name, MAX_NAME)
                             : peer             ? wl_display_short_key(key)
                                                : NULL;
    g_autofree char *id = edit ? wl_display_quote(edit->id, MAX_NAME) : NULL;
    Wanted wanted = {key, endpoint};

    if (!peer || !wl_profile_edit_set(edits, edit, peer, "Endpoint", endpoint, &error))
        return wl_exit_error(FALSE, error);
    switch (wl_profile_edit_wait(edits, edit, is_tried, &wanted)) {
    case WL_EDIT_APPLIED:
        printf("%s of \"%s\" is tried at %s; its connection goes on meanwhile.\n", label, id,
               endpoint);
        break;
    case WL_EDIT_PENDING:
        printf("Stored %s for %s of \"%s\", but its service has not applied that: see wirelinkctl "
               "doctor.\n",
               endpoint, label, id);
        break;
    case WL_EDIT_STORED:
        printf("Stored %s for %s of \"%s\", which is not active.\n", endpoint, label, id);
        break;
    }
    return WL_EXIT_OK;
}

static WlExit
check(const WlRequest *request)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *endpoint = wl_network_endpoint(request->operands[1], &error);

    return endpoint ? WL_EXIT_OK
                    : wl_exit_usage(FALSE, "set-endpoint", "ENDPOINT: %s", error->message);
}

const WlCommand wl_command_set_endpoint = {
    .name = "set-endpoint",
    .operands = "PEER ENDPOINT",
    .summary = "change where a peer is reached, also while its profile is active",
    .wants = WL_WANTS_BUS,
    .options = entries,
    .check = check,
    .run = run,
};
