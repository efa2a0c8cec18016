/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wirelinkctl add: a new member of the network of a hub: its key, the next free address, its file,
 * its section in the file of the hub, and the peer in the hub's profile if that is active here.
 * Either all files are written or none.
 */
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "wl-bus.h"
#include "wl-command.h"
#include "wl-display.h"
#include "wl-hub-file.h"
#include "wl-key-pair.h"
#include "wl-network.h"
#include "wl-page.h"
#include "wl-print.h"
#include "wl-private-file.h"
#include "wl-profile-check.h"
#include "wl-profile-edit.h"
#include "wl-profile-error.h"
#include "wl-profile-file.h"
#include "wl-profile-text.h"
#include "wl-qr-print.h"
#include "wl-wgquick-write.h"

static struct {
    char *hub_file, *profile, *endpoint, *directory;
    gboolean write, basic, qr, qr_force;
} options;

static const GOptionEntry entries[] = {
    {"hub-file", 0, 0, G_OPTION_ARG_FILENAME, &options.hub_file,
     "the file of the hub (default: hub.wirelink, if it exists)", "FILE"},
    {"profile", 0, 0, G_OPTION_ARG_STRING, &options.profile,
     "add to this active profile of the hub, without a file of the hub", "PROFILE"},
    {"write", 0, 0, G_OPTION_ARG_NONE, &options.write,
     "append the new member to the file of the hub", NULL},
    {"basic", 0, 0, G_OPTION_ARG_NONE, &options.basic,
     "the new member runs plain WireGuard, such as a phone: write a wg-quick file", NULL},
    {"qr", 0, 0, G_OPTION_ARG_NONE, &options.qr,
     "with --basic: show the file as a QR code, if standard output is a terminal", NULL},
    {"qr-force", 0, 0, G_OPTION_ARG_NONE, &options.qr_force,
     "like --qr, also if standard output is not a terminal; the code contains the private key",
     NULL},
    {"endpoint", 0, 0, G_OPTION_ARG_STRING, &options.endpoint,
     "where members reach the hub (default: as noted in the file of the hub)", "HOST[:PORT]"},
    {"directory", 0, 0, G_OPTION_ARG_FILENAME, &options.directory,
     "the directory for the file of the new member (default: the current one)", "DIRECTORY"},
    {NULL},
};

#define MAX_NAME 80 /* columns */

typedef struct {
    const char *name;
    char *path;     /* of the file of the new member */
    WlHubFile *hub; /* the file of the hub; without --hub-file and hub.wirelink its profile alone */
    char *hub_key;  /* the public key of the hub */
    WlProfileEdits *edits; /* NULL: nothing of this machine can be changed */
    WlProfileEdit *live;   /* the profile of the hub, active here; or NULL */
    guint64 host;
    char *text;          /* of the file of the new member; contains its private key */
    WlProfilePeer *peer; /* the new member as a peer of others */
    WlQr *qr;            /* or NULL */
} Addition;

static void
addition_clear(Addition *addition)
{
    g_free(addition->path);
    g_clear_pointer(&addition->hub, wl_hub_file_free);
    g_free(addition->hub_key);
    wl_profile_edits_free(addition->edits);
    wl_profile_wipe_free(addition->text);
    wl_profile_peer_free(addition->peer);
    wl_qr_free(addition->qr);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Addition, addition_clear)

/* ---- the new member ------------------------------------------------------------------------ */

static gpointer
copy_string(gconstpointer text, gpointer user_data)
{
    return g_strdup(text);
}

/* Peers that were added to the profile of the hub alone have their addresses, too. */
static gboolean
choose_address(Addition *addition, GError **error)
{
    g_autofree char *shown = g_filename_display_basename(addition->hub->path);
    const WlProfile *profiles[] = {addition->hub->profile,
                                   addition->live ? addition->live->profile : NULL};
    g_autoptr(WlProfile) all = wl_profile_new();

    for (guint i = 0; i < G_N_ELEMENTS(profiles) && profiles[i]; i++) {
        WlProfilePeer *peer = wl_profile_peer_new();

        g_ptr_array_extend(all->addresses, profiles[i]->addresses, copy_string, NULL);
        for (guint j = 0; j < profiles[i]->peers->len; j++)
            g_ptr_array_extend(peer->allowed_ips,
                               ((WlProfilePeer *) profiles[i]->peers->pdata[j])->allowed_ips,
                               copy_string, NULL);
        g_ptr_array_add(all->peers, peer);
    }
    if (wl_network_next(addition->hub->networks, all, &addition->host, error))
        return TRUE;
    g_prefix_error(error, "%s: ", shown);
    return FALSE;
}

static gboolean
make_member(Addition *addition, GError **error)
{
    const GArray *networks = addition->hub->networks;
    WlNetworkHub hub = {addition->hub->profile, addition->hub_key, addition->hub->endpoint,
                        networks};
    char *private_key = wl_key_pair_generate();
    g_autofree char *public_key = wl_key_pair_public_of(private_key);
    g_autoptr(WlProfileFile) file =
        wl_network_new_member(&hub, private_key, addition->name, addition->host);

    wl_profile_wipe_free(private_key);
    addition->peer =
        wl_network_member_peer(public_key, addition->name, networks, addition->host, options.basic);
    if (!wl_profile_check(file->profile, WL_PROFILE_CHECK_STORED_SECRETS, error))
        return FALSE;
    addition->text = options.basic ? wl_wgquick_format_plain(file) : wl_wgquick_format(file);
    return TRUE;
}

/* Before anything is written: a code that is cut off is useless. */
static gboolean
make_qr(Addition *addition, GError **error)
{
    guint columns = wl_page_terminal_columns();

    addition->qr = wl_qr_new(addition->text, error);
    if (!addition->qr)
        return FALSE;
    if (options.qr_force)
        return TRUE;
    if (columns == 0) {
        g_set_error_literal(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_REFUSED,
                            "--qr: standard output is not a terminal, and the code contains the "
                            "private key; use --qr-force to print it anyway");
        return FALSE;
    }
    if (columns < wl_qr_print_columns(addition->qr)) {
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_IO,
                    "--qr: the code takes %u columns and the terminal has %u; widen the terminal",
                    wl_qr_print_columns(addition->qr), columns);
        return FALSE;
    }
    return TRUE;
}

/* ---- the hub ------------------------------------------------------------------------------- */

static const WlActiveProfile *
find_active(const WlActiveProfiles *profiles, const char *key)
{
    for (guint i = 0; profiles && i < profiles->profiles->len; i++) {
        const WlActiveProfile *active = profiles->profiles->pdata[i];

        if (strcmp(wl_property_string(active->link, "PublicKey"), key) == 0)
            return active;
    }
    return NULL;
}

/* Finds the profile of the hub if it is active on this machine. */
static void
find_live(Addition *addition)
{
    g_autoptr(GDBusConnection) bus = wl_bus_get(NULL);
    g_autoptr(WlActiveProfiles) profiles =
        bus ? wl_active_profiles_load(bus, NULL, NULL, NULL) : NULL;
    const WlActiveProfile *active = find_active(profiles, addition->hub_key);

    if (active)
        addition->edits = wl_profile_edits_load(bus, NULL, NULL);
    if (addition->edits)
        addition->live =
            wl_profile_edits_find(addition->edits, wl_property_string(active->link, "Uuid"),
                                  wl_property_string(active->link, "Id"));
}

static gboolean
read_file(Addition *addition, GError **error)
{
    addition->hub = wl_hub_file_new(options.hub_file ? options.hub_file : "hub.wirelink", error);
    if (!addition->hub || (options.write && !wl_hub_file_lock(addition->hub, error)) ||
        !wl_hub_file_read(addition->hub, addition->name, options.endpoint, error))
        return FALSE;
    addition->hub_key = wl_key_pair_public_of(addition->hub->profile->private_key);
    find_live(addition);
    return !addition->live || wl_hub_file_check_name(addition->live->profile, addition->live->id,
                                                     addition->name, error);
}

/* Neither a file nor an active profile was found. */
static void
set_no_hub(const GError *failure, GError **error)
{
    if (options.profile || failure->code == WL_EXIT_USAGE)
        g_propagate_error(error, g_error_copy(failure));
    else
        g_set_error(error, WL_CTL_ERROR, WL_EXIT_FAILURE,
                    "there is no file \"hub.wirelink\" here, and %s; name the file of the hub with "
                    "--hub-file, or run this on the hub while its profile is active",
                    failure->code == WL_EXIT_NOTHING ? "no profile is active" : failure->message);
}

/* Without a file of the hub: its active profile. */
static gboolean
read_profile(Addition *addition, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GDBusConnection) bus = wl_bus_get(&failure);
    g_autoptr(WlActiveProfiles) profiles =
        bus ? wl_active_profiles_load(bus, options.profile, NULL, &failure) : NULL;
    const WlActiveProfile *active =
        profiles ? wl_active_profiles_get_only(profiles, &failure) : NULL;

    if (!active) {
        set_no_hub(failure, error);
        return FALSE;
    }
    addition->edits = wl_profile_edits_load(bus, options.profile, error);
    if (!addition->edits)
        return FALSE;
    addition->live =
        wl_profile_edits_find(addition->edits, wl_property_string(active->link, "Uuid"),
                              wl_property_string(active->link, "Id"));
    if (!addition->live) {
        g_set_error_literal(error, WL_CTL_ERROR, WL_EXIT_NOT_PERMITTED,
                            "this user may not change the profile of the hub: run the command with "
                            "sudo");
        return FALSE;
    }
    addition->hub_key = g_strdup(wl_property_string(active->link, "PublicKey"));
    addition->hub = wl_hub_file_new_of_profile(addition->live->id, addition->live->profile,
                                               addition->name, options.endpoint, error);
    return addition->hub != NULL;
}

static gboolean
uses_file(void)
{
    return options.hub_file ||
           (!options.profile && (options.write || g_file_test("hub.wirelink", G_FILE_TEST_EXISTS)));
}

/* ---- writing ------------------------------------------------------------------------------- */

static gboolean
write_all(Addition *addition, const char *section, GError **error)
{
    if (!wl_private_file_write(addition->path, addition->text, strlen(addition->text),
                               WL_PRIVATE_FILE_CREATE, error))
        return FALSE;
    if (uses_file() ? !options.write || wl_hub_file_append(addition->hub, section, error)
                    : wl_profile_edit_add_peer(addition->edits, addition->live, addition->peer,
                                               section, error))
        return TRUE;
    g_unlink(addition->path);
    return FALSE;
}

static gboolean
make_all(Addition *addition, GError **error)
{
    return (uses_file() ? read_file(addition, error) : read_profile(addition, error)) &&
           choose_address(addition, error) && make_member(addition, error) &&
           (!(options.qr || options.qr_force) || make_qr(addition, error));
}

/* ---- what to do next ----------------------------------------------------------------------- */

static void
print_member(const Addition *addition)
{
    g_autofree char *path = g_filename_display_name(addition->path);
    g_autofree char *base = g_path_get_basename(addition->path);
    g_autofree char *quoted = wl_display_shell_word(base);
    g_autofree char *name = wl_display_shell_word(addition->name);

    if (addition->qr)
        wl_qr_print(addition->qr);
    printf("Wrote %s. It contains a private key: copy it to its machine, then delete it here.\n",
           path);
    if (options.basic)
        printf("%s runs plain WireGuard: its traffic always goes through the hub.\n",
               addition->name);
    else
        printf("\nOn %s:\n"
               "  nmcli connection import type wirelink file %s\n"
               "  wirelinkctl up %s\n",
               addition->name, quoted, name);
}

static gboolean
has_peer(const WlActiveProfile *active, gpointer user_data)
{
    const char *key = user_data;

    for (guint i = 0; i < active->peers->len; i++) {
        const WlActivePeer *peer = active->peers->pdata[i];

        if (strcmp(wl_property_string(peer->properties, "PublicKey"), key) == 0)
            return TRUE;
    }
    return FALSE;
}

/* The active hub takes the new member without losing a packet of the others. */
static void
add_live(Addition *addition, const char *section)
{
    g_autofree char *id = wl_display_quote(addition->live->id, MAX_NAME);
    g_autoptr(GError) error = NULL;

    if (uses_file() && !wl_profile_edit_add_peer(addition->edits, addition->live, addition->peer,
                                                 section, &error)) {
        wl_print_error("warning: not added to the active profile: %s", error->message);
        return;
    }
    if (wl_profile_edit_wait(addition->edits, addition->live, has_peer,
                             addition->peer->public_key) == WL_EDIT_APPLIED)
        printf("\nAdded to the active profile \"%s\"; no peer was disconnected.\n", id);
    else
        printf("\nStored in the profile \"%s\", but its service has not applied that: see "
               "wirelinkctl doctor.\n",
               id);
}

static void
print_file(const Addition *addition)
{
    g_autofree char *path = g_filename_display_name(addition->hub->path);
    g_autofree char *base = g_path_get_basename(addition->hub->path);
    g_autofree char *file = wl_display_shell_word(base);
    g_autofree char *profile = NULL;

    /* NetworkManager names the profile after the file. */
    if (g_str_has_suffix(base, ".wirelink"))
        base[strlen(base) - strlen(".wirelink")] = '\0';
    profile = wl_display_shell_word(base);
    if (!options.write) {
        printf("\nThe lines below are not in %s; --write appends them.\n", path);
        return;
    }
    printf("\nAdded to %s.\n", path);
    if (!addition->live)
        printf("The hub is not active on this machine. There, replace its profile with this file:\n"
               "  nmcli connection delete %s\n"
               "  nmcli connection import type wirelink file %s\n"
               "  wirelinkctl up %s\n",
               profile, file, profile);
}

static void
print_hub(Addition *addition, const char *section)
{
    if (uses_file())
        print_file(addition);
    if (addition->live)
        add_live(addition, section);
    puts(
        "\nOther members learn about it from the hub. Optional, so that they can connect without the\n"
        "hub: add this to their profiles.\n");
    fputs(section, stdout);
}

/* ---- the command --------------------------------------------------------------------------- */

static WlExit
fail(const char *what, const GError *error, WlExit result)
{
    g_autofree char *message = wl_display_escape(error->message);

    wl_print_error("add: %s%s", what, message);
    return result;
}

static WlExit
run(WlRequest *request)
{
    g_auto(Addition) addition = {.name = request->operands[0]};
    g_autofree char *section = NULL; /* no secret: a new member has no preshared key */
    g_autoptr(GError) error = NULL;

    if (!wl_network_check_name(addition.name, &error))
        return fail("NAME: ", error, WL_EXIT_USAGE);
    if ((options.qr || options.qr_force) && !options.basic) {
        wl_print_error("add: --qr needs --basic: phones only read wg-quick files");
        return WL_EXIT_USAGE;
    }
    addition.path = g_strdup_printf("%s%s%s%s", options.directory ? options.directory : "",
                                    options.directory ? "/" : "", addition.name,
                                    options.basic ? ".conf" : ".wirelink");
    if (!make_all(&addition, &error))
        return fail("", error, error->domain == WL_CTL_ERROR ? error->code : WL_EXIT_FAILURE);
    section = wl_wgquick_format_peer(addition.peer);
    if (!write_all(&addition, section, &error))
        return fail("", error, WL_EXIT_FAILURE);
    print_member(&addition);
    print_hub(&addition, section);
    return WL_EXIT_OK;
}

const WlCommand wl_command_add = {
    .name = "add",
    .operands = "NAME",
    .summary = "add a member to the network of a hub",
    .wants = WL_WANTS_FILE,
    .options = entries,
    .run = run,
};
