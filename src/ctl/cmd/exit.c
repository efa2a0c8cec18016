/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl exit: sends all traffic through a peer, or no longer, also in an active profile. */
#include <stdio.h>
#include <string.h>

#include "wl-check-beyond.h"
#include "wl-command.h"
#include "wl-default-route.h"
#include "wl-display.h"
#include "wl-page.h"
#include "wl-profile-dns.h"
#include "wl-profile-edit.h"

#define MAX_NAME 80 /* columns */
#define OFF      "off"

static struct {
    char *profile;
    gboolean kill_switch;
} options;

static const GOptionEntry entries[] = {
    {"kill-switch", 0, 0, G_OPTION_ARG_NONE, &options.kill_switch,
     "block what cannot go through the peer, until the exit is off", NULL},
    {"profile", 0, 0, G_OPTION_ARG_STRING, &options.profile, "change this profile only", "PROFILE"},
    {NULL},
};

/* A paragraph, wrapped to the terminal. Takes @text. */
static void
print_wrapped(char *text)
{
    g_autoptr(GString) out = g_string_new(NULL);
    WlPage page;

    wl_page_init(&page);
    wl_page_append_wrapped(&page, out, 0, text);
    fputs(out->str, stdout);
    g_free(text);
}

/* ---- what it is ------------------------------------------------------------------------------ */

/* The peers that could be the exit, with their state: "hub (direct), nas (offline)". */
static char *
list_peers(const WlActiveProfile *active)
{
    g_autoptr(GString) list = g_string_new(NULL);

    for (guint i = 0; i < active->peers->len; i++) {
        const WlActivePeer *peer = active->peers->pdata[i];
        g_autofree char *label = wl_active_peer_label(peer);
        g_autofree char *state =
            wl_display_quote(wl_property_string(peer->properties, "State"), MAX_NAME);

        if (wl_property_boolean(peer->properties, "Configured"))
            g_string_append_printf(list, "%s%s (%s)", list->len > 0 ? ", " : "", label, state);
    }
    return g_strdup(list->str);
}

static void
print_active(const WlActiveProfile *active)
{
    const WlActivePeer *peer = wl_active_profile_get_exit(active);
    g_autofree char *id = wl_active_profile_label(active);
    g_autofree char *label = peer ? wl_active_peer_label(peer) : NULL;
    g_autofree char *list = list_peers(active);

    if (peer)
        print_wrapped(g_strdup_printf(
            "%s: all traffic goes through %s%s.", id, label,
            wl_property_boolean(active->link, "KillSwitch") ? "; what cannot is blocked" : ""));
    else
        print_wrapped(
            g_strdup_printf("%s: no exit. Peers of the profile: %s.", id, *list ? list : "none"));
}

static WlExit
show(const WlRequest *request)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(WlActiveProfiles) profiles =
        wl_active_profiles_load_settled(request->bus, options.profile, &error);

    if (!profiles)
        return wl_exit_error(FALSE, error);
    for (guint i = 0; i < profiles->profiles->len; i++)
        print_active(profiles->profiles->pdata[i]);
    return wl_active_profiles_finish(profiles, FALSE);
}

/* ---- what it becomes ------------------------------------------------------------------------- */

/* @user_data: the key of the peer, or "". */
static gboolean
is_exit(const WlActiveProfile *active, gpointer user_data)
{
    return strcmp(wl_property_string(active->link, "Exit"), user_data) == 0 &&
           (!options.kill_switch || wl_property_boolean(active->link, "KillSwitch"));
}

static void
print_not_applied(const WlProfileEdit *edit, WlEditEffect effect)
{
    g_autofree char *id = wl_display_quote(edit->id, MAX_NAME);

    if (effect == WL_EDIT_PENDING)
        print_wrapped(g_strdup_printf("This is stored in \"%s\", but its service has not applied "
                                      "it: see wirelinkctl doctor.",
                                      id));
    else
        print_wrapped(g_strdup_printf("This is stored in \"%s\", which is not active.", id));
}

static void
print_dns(const WlProfileEdit *edit, const char *label)
{
    gboolean only;
    g_autofree char *servers = wl_profile_dns_list(edit, &only);
    g_autofree char *word = wl_display_shell_word(edit->id);

    if (*servers && only)
        print_wrapped(g_strdup_printf("DNS: queries go to %s, through %s.", servers, label));
    else if (*servers)
        print_wrapped(g_strdup_printf("DNS: queries go to %s and to the servers of the "
                                      "network around, which can read them, until the profile "
                                      "has ipv4.dns-search '~' and ipv4.dns-priority -50.",
                                      servers));
    else if (edit->stored)
        print_wrapped(g_strdup_printf(
            "DNS: queries still go to the servers of the network around, which can read "
            "them, until the profile has its own: nmcli connection modify %s ipv4.dns 9.9.9.9 "
            "ipv4.dns-search '~' ipv4.dns-priority -50, and then wirelinkctl down and up.",
            word));
    else
        print_wrapped(g_strdup("DNS: queries still go to the servers of the network around, "
                               "which can read them, until the file of the profile has a line "
                               "DNS in [Interface]."));
}

/* What does not go through the exit. */
static void
print_family(const WlProfileEdit *edit)
{
    static const char *const names[] = {"IPv4", "IPv6"};
    gboolean blocked = options.kill_switch || edit->profile->kill_switch;

    for (guint v6 = 0; v6 < G_N_ELEMENTS(names); v6++) {
        if (!wl_default_route_has_family(edit->profile, v6 == 1))
            print_wrapped(g_strdup_printf(
                "%s %s, because this machine has no %s address in the "
                "network.",
                names[v6], blocked ? "is blocked" : "still goes around the tunnel", names[v6]));
    }
}

static const WlActiveProfile *
find_active(const WlActiveProfiles *profiles, const char *key)
{
    for (guint i = 0; profiles && i < profiles->profiles->len; i++) {
        const WlActiveProfile *active = profiles->profiles->pdata[i];

        if (strcmp(wl_property_string(active->link, "Exit"), key) == 0)
            return active;
    }
    return NULL;
}

/* Whether it works, as the doctor finds out. */
static void
print_beyond(const WlRequest *request, const char *key, const char *label)
{
    g_autoptr(WlActiveProfiles) profiles = wl_active_profiles_load(request->bus, NULL, NULL, NULL);
    const WlActiveProfile *active = find_active(profiles, key);
    const WlActivePeer *peer = active ? wl_active_profile_get_exit(active) : NULL;
    g_autofree char *address = peer ? wl_active_peer_address(peer) : NULL;
    g_autofree char *word = wl_display_shell_word(label);
    g_autofree char *router = NULL;

    if (!peer)
        return;
    if (!wl_active_peer_is_reached(peer)) {
        print_wrapped(g_strdup_printf("%s is not reached at present, so that this machine is cut "
                                      "off from the internet until it is: wirelinkctl explain %s, "
                                      "or wirelinkctl exit off.",
                                      label, word));
        return;
    }
    switch (wl_check_beyond_exit(address, wl_property_string(active->link, "Interface"), &router)) {
    case WL_BEYOND_ANSWERS:
        break;
    case WL_BEYOND_SILENT:
        print_wrapped(g_strdup_printf("Nothing beyond %s answers yet. If the internet is out of "
                                      "reach: wirelinkctl offer-exit yes on %s, or wirelinkctl "
                                      "exit off here.",
                                      label, label));
        break;
    case WL_BEYOND_CLOSED:
        print_wrapped(g_strdup_printf("%s does not forward it, so that this machine is cut off "
                                      "from the internet: wirelinkctl offer-exit yes on %s, or "
                                      "wirelinkctl exit off here.",
                                      label, label));
        break;
    }
}

static WlExit
set_peer(const WlRequest *request, const WlProfileEdits *edits, WlProfileEdit *edit,
         const WlProfilePeer *peer)
{
    g_autoptr(GArray) settings = wl_default_route_give(edit->profile, peer, options.kill_switch);
    g_autofree char *label = peer->name ? wl_display_quote(peer->name, MAX_NAME)
                                        : wl_display_short_key(peer->public_key);
    g_autoptr(GError) error = NULL;
    WlEditEffect effect;

    if (!wl_profile_edit_set_all(edits, edit, (const WlProfileSetting *) (gpointer) settings->data,
                                 settings->len, &error))
        return wl_exit_error(FALSE, error);
    effect = wl_profile_edit_wait(edits, edit, is_exit, peer->public_key);
    if (effect == WL_EDIT_APPLIED)
        print_wrapped(g_strdup_printf("All traffic goes through %s now, except to the local "
                                      "network.%s",
                                      label,
                                      options.kill_switch || edit->profile->kill_switch
                                          ? " What cannot go through it is blocked."
                                          : ""));
    else
        print_not_applied(edit, effect);
    print_family(edit);
    print_dns(edit, label);
    if (effect == WL_EDIT_APPLIED)
        print_beyond(request, peer->public_key, label);
    return effect == WL_EDIT_PENDING ? WL_EXIT_FAILURE : WL_EXIT_OK;
}

static WlExit
end(const WlProfileEdits *edits, WlProfileEdit *edit)
{
    g_autoptr(GArray) settings = wl_default_route_take(edit->profile);
    g_autofree char *id = wl_display_quote(edit->id, MAX_NAME);
    gboolean only, killed = edit->profile->kill_switch;
    g_autofree char *servers = wl_profile_dns_list(edit, &only);
    g_autoptr(GError) error = NULL;
    WlEditEffect effect;

    options.kill_switch = FALSE;
    if (!wl_profile_edit_set_all(edits, edit, (const WlProfileSetting *) (gpointer) settings->data,
                                 settings->len, &error))
        return wl_exit_error(FALSE, error);
    effect = wl_profile_edit_wait(edits, edit, is_exit, (gpointer) "");
    if (effect != WL_EDIT_APPLIED)
        print_not_applied(edit, effect);
    else
        print_wrapped(g_strdup_printf("Only traffic of the network goes through \"%s\" now%s.", id,
                                      killed ? ", and nothing is blocked any more" : ""));
    if (*servers)
        print_wrapped(
            g_strdup_printf("DNS: queries still go to %s, as the profile says.", servers));
    return effect == WL_EDIT_PENDING ? WL_EXIT_FAILURE : WL_EXIT_OK;
}

static WlExit
end_all(const WlProfileEdits *edits)
{
    WlExit status = WL_EXIT_OK;
    guint ended = 0;

    for (guint i = 0; i < edits->edits->len; i++) {
        WlProfileEdit *edit = edits->edits->pdata[i];

        if (!edit->profile->full_tunnel)
            continue;
        status = MAX(status, end(edits, edit));
        ended++;
    }
    if (ended == 0)
        puts("No profile sends all traffic through a peer.");
    return status;
}

static WlExit
run(WlRequest *request)
{
    const char *name = request->operands[0];
    g_autoptr(GError) error = NULL;
    g_autoptr(WlProfileEdits) edits = NULL;
    WlProfileEdit *edit = NULL;
    const WlProfilePeer *peer = NULL;

    if (!name)
        return show(request);
    edits = wl_profile_edits_load(request->bus, options.profile, &error);
    if (edits && strcmp(name, OFF) == 0)
        return end_all(edits);
    if (edits)
        peer = wl_profile_edits_find_peer(edits, name, &edit, &error);
    return peer ? set_peer(request, edits, edit, peer) : wl_exit_error(FALSE, error);
}

static WlExit
check(const WlRequest *request)
{
    const char *name = request->operands[0];

    if (options.kill_switch && (!name || strcmp(name, OFF) == 0))
        return wl_exit_usage(FALSE, "exit", "--kill-switch needs a PEER");
    return WL_EXIT_OK;
}

const WlCommand wl_command_exit = {
    .name = "exit",
    .operands = "[PEER|off]",
    .summary = "send all traffic through a peer, or no longer, also while its profile is active",
    .wants = WL_WANTS_BUS,
    .options = entries,
    .check = check,
    .run = run,
};
