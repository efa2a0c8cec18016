/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wirelinkctl add: a new member of the network of a hub: its key, the next free address, its file,
 * and its section in the file of the hub. Either all files are written or none.
 */
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "wl-command.h"
#include "wl-display.h"
#include "wl-hub-file.h"
#include "wl-keys.h"
#include "wl-network.h"
#include "wl-page.h"
#include "wl-print.h"
#include "wl-private-file.h"
#include "wl-profile-check.h"
#include "wl-profile-error.h"
#include "wl-profile-file.h"
#include "wl-profile-text.h"
#include "wl-qr.h"
#include "wl-wgquick-write.h"

static struct {
    char *hub_file, *endpoint, *directory;
    gboolean write, basic, qr, qr_force;
} options;

static const GOptionEntry entries[] = {
    {"hub-file", 0, 0, G_OPTION_ARG_FILENAME, &options.hub_file,
     "the file of the hub (default: hub.wirelink)", "FILE"},
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

typedef struct {
    const char *name;
    char *path; /* of the file of the new member */
    WlHubFile *hub;
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
    wl_profile_wipe_free(addition->text);
    wl_profile_peer_free(addition->peer);
    wl_qr_free(addition->qr);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Addition, addition_clear)

/* ---- the new member ------------------------------------------------------------------------ */

static gboolean
choose_address(Addition *addition, GError **error)
{
    g_autofree char *shown = g_filename_display_basename(addition->hub->path);

    if (wl_network_next(addition->hub->networks, addition->hub->file->profile, &addition->host,
                        error))
        return TRUE;
    g_prefix_error(error, "%s: ", shown);
    return FALSE;
}

static gboolean
make_member(Addition *addition, GError **error)
{
    const WlProfile *hub = addition->hub->file->profile;
    const GArray *networks = addition->hub->networks;
    char *private_key = wl_keys_make_private();
    g_autofree char *public_key = wl_keys_public_of(private_key);
    g_autofree char *hub_key = wl_keys_public_of(hub->private_key);
    g_autoptr(WlProfileFile) file =
        wl_network_member(private_key, addition->name, networks, addition->host);

    wl_profile_wipe_free(private_key);
    file->profile->fact_port = hub->fact_port;
    file->profile->mtu = hub->mtu;
    for (guint i = 0; i < hub->networks->len; i++)
        g_ptr_array_add(file->profile->networks, g_strdup(hub->networks->pdata[i]));
    g_ptr_array_add(file->profile->peers,
                    wl_network_hub_peer(hub_key, hub->name ? hub->name : "hub",
                                        addition->hub->endpoint, networks));
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
    if (columns < wl_qr_columns(addition->qr)) {
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_IO,
                    "--qr: the code takes %u columns and the terminal has %u; widen the terminal",
                    wl_qr_columns(addition->qr), columns);
        return FALSE;
    }
    return TRUE;
}

/* ---- files --------------------------------------------------------------------------------- */

static gboolean
write_all(const Addition *addition, const char *section, GError **error)
{
    if (!wl_private_file_write(addition->path, addition->text, strlen(addition->text),
                               WL_PRIVATE_FILE_CREATE, error))
        return FALSE;
    if (!options.write || wl_hub_file_append(addition->hub, section, error))
        return TRUE;
    g_unlink(addition->path);
    return FALSE;
}

static gboolean
make_all(Addition *addition, GError **error)
{
    return (!options.write || wl_hub_file_lock(addition->hub, error)) &&
           wl_hub_file_read(addition->hub, addition->name, options.endpoint, error) &&
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
               "  nmcli connection up %s\n",
               addition->name, quoted, name);
}

static void
print_hub(const Addition *addition, const char *section)
{
    g_autofree char *path = g_filename_display_name(addition->hub->path);
    g_autofree char *base = g_path_get_basename(addition->hub->path);
    g_autofree char *file = wl_display_shell_word(base);
    g_autofree char *profile = NULL;

    /* NetworkManager names the profile after the file. */
    if (g_str_has_suffix(base, ".wirelink"))
        base[strlen(base) - strlen(".wirelink")] = '\0';
    profile = wl_display_shell_word(base);
    if (options.write)
        printf("\nAdded to %s. On the hub, replace its profile with this file:\n", path);
    else
        printf("\nAdd the lines below to %s. On the hub, replace its profile with this file:\n",
               path);
    printf("  nmcli connection delete %s\n"
           "  nmcli connection import type wirelink file %s\n"
           "  nmcli connection up %s\n"
           "\nOther members learn about the new member from the hub. To let them connect without\n"
           "the hub as well, add these lines to their profiles.\n\n",
           profile, file, profile);
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
    addition.hub = wl_hub_file_new(options.hub_file ? options.hub_file : "hub.wirelink", &error);
    if (!addition.hub)
        return fail("", error, WL_EXIT_FAILURE);
    addition.path = g_strdup_printf("%s%s%s%s", options.directory ? options.directory : "",
                                    options.directory ? "/" : "", addition.name,
                                    options.basic ? ".conf" : ".wirelink");
    if (!make_all(&addition, &error))
        return fail("", error, WL_EXIT_FAILURE);
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
