/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-files.h"
#include "wl-ctl-network.h"
#include "wl-ctl-output.h"
#include "wl-ctl-qr.h"
#include "wl-ctl.h"
#include "wl-file-io.h"
#include "wl-profile-check.h"
#include "wl-profile-value.h"
#include "wl-wgquick-write.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    const char *name;
    gboolean basic, show_qr, qr_anywhere, write;
    char *hub_path; /* without symbolic links: the file itself is replaced */
    char *path;     /* of the newcomer's file */
    char *endpoint;
    WlProfileFile *hub;
    char *hub_text; /* holds the hub's private key */
    gsize hub_length;
    GArray *networks; /* of WlPrefix */
    guint64 host;
    char *text;          /* of the newcomer's file; holds its private key */
    WlProfilePeer *peer; /* the newcomer as others see it */
    WlCtlQr *qr;         /* or NULL */
} Addition;

static void
addition_clear(Addition *addition)
{
    free(addition->hub_path);
    g_free(addition->path);
    g_free(addition->endpoint);
    wl_profile_file_free(addition->hub);
    wl_file_wipe(addition->hub_text, addition->hub_length);
    g_clear_pointer(&addition->networks, g_array_unref);
    wl_profile_wipe_free(addition->text);
    wl_profile_peer_free(addition->peer);
    wl_ctl_qr_free(addition->qr);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Addition, addition_clear)

#define fail(error, code, ...)                                                                     \
    g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_##code, __VA_ARGS__)

/* ---- the hub's file ------------------------------------------------------------------------ */

/* Two that add at the same time must not give the same address. The lock is on the file, which the
 * other one may have replaced meanwhile; it ends with the process. -1 with *error. */
static int
lock_file(const char *path, GError **error)
{
    for (;;) {
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        struct stat opened, now;

        if (fd < 0 || fstat(fd, &opened) < 0 || flock(fd, LOCK_EX) < 0) {
            fail(error, IO, "cannot lock \"%s\": %s", path, g_strerror(errno));
            if (fd >= 0)
                close(fd);
            return -1;
        }
        if (stat(path, &now) == 0 && now.st_ino == opened.st_ino && now.st_dev == opened.st_dev)
            return fd;
        close(fd);
    }
}

static gboolean
has_name(const WlProfile *profile, const char *name)
{
    g_autofree char *wanted = g_utf8_casefold(name, -1);

    for (guint i = 0; i <= profile->peers->len; i++) {
        const char *other = i < profile->peers->len
                                ? ((WlProfilePeer *) profile->peers->pdata[i])->name
                                : profile->name;
        g_autofree char *folded = other ? g_utf8_casefold(other, -1) : NULL;

        if (g_strcmp0(folded, wanted) == 0)
            return TRUE;
    }
    return FALSE;
}

/* --endpoint, else what "wirelinkctl new" noted. */
static gboolean
find_endpoint(Addition *addition, const char *name, const char *given, GError **error)
{
    const GPtrArray *extra = addition->hub->profile->extra;
    const char *found = given;

    for (guint i = 0; i < extra->len && !found; i++) {
        const WlProfileExtra *item = extra->pdata[i];

        if (!g_ascii_strcasecmp(item->key, WL_CTL_NOTE_ENDPOINT))
            found = item->value;
    }
    if (!found) {
        fail(error, MISSING,
             "%s: does not say where the hub is reached; say it with --endpoint "
             "HOST[:PORT]",
             name);
        return FALSE;
    }
    addition->endpoint = wl_ctl_network_endpoint(found, error);
    if (!addition->endpoint)
        g_prefix_error(error, "%s: ", given ? "--endpoint" : WL_CTL_NOTE_ENDPOINT);
    return addition->endpoint != NULL;
}

static gboolean
read_hub(Addition *addition, const char *endpoint, GError **error)
{
    g_autofree char *name = g_filename_display_basename(addition->hub_path);

    addition->hub_text = wl_file_load(addition->hub_path, &addition->hub_length, error);
    if (!addition->hub_text)
        return FALSE;
    addition->hub = wl_wgquick_parse(addition->hub_text, addition->hub_length, name, error);
    if (!addition->hub)
        return FALSE;
    if (!addition->hub->profile->private_key) {
        fail(error, SECRET,
             "%s: has no PrivateKey, from which the hub's public key follows; add it", name);
        return FALSE;
    }
    if (addition->hub->profile->role != WL_PROFILE_ROLE_ROUTER) {
        fail(error, CONFLICT,
             "%s: is not the file of a hub; write \"Role = router\" below [Wirelink] if it is one",
             name);
        return FALSE;
    }
    if (has_name(addition->hub->profile, addition->name)) {
        fail(error, CONFLICT, "%s: there is a member called %s already; choose another name", name,
             addition->name);
        return FALSE;
    }
    if (!find_endpoint(addition, name, endpoint, error))
        return FALSE;
    if (!wl_ctl_network_of(addition->hub->profile, addition->networks, error) ||
        !wl_ctl_network_next(addition->networks, addition->hub->profile, &addition->host, error)) {
        g_prefix_error(error, "%s: ", name);
        return FALSE;
    }
    return TRUE;
}

/* Appended, so that the comments stay. */
static gboolean
write_hub(const Addition *addition, const char *block, GError **error)
{
    g_autofree char *name = g_filename_display_basename(addition->hub_path);
    const char *text = addition->hub_text;
    gboolean ends = addition->hub_length > 0 && text[addition->hub_length - 1] == '\n';
    char *whole = g_strconcat(text, ends ? "" : "\n", "\n", block, NULL);
    g_autoptr(WlProfileFile) checked = wl_wgquick_parse(whole, strlen(whole), name, error);
    gboolean written = checked && wl_ctl_write_file(addition->hub_path, whole, TRUE, error);

    wl_profile_wipe_free(whole);
    return written;
}

/* ---- the newcomer -------------------------------------------------------------------------- */

static gboolean
make_member(Addition *addition, GError **error)
{
    const WlProfile *hub = addition->hub->profile;
    char *private_key = wl_ctl_make_private_key();
    g_autofree char *public_key = wl_ctl_public_key_of(private_key);
    g_autofree char *hub_key = wl_ctl_public_key_of(hub->private_key);
    g_autoptr(WlProfileFile) file =
        wl_ctl_network_member(private_key, addition->name, addition->networks, addition->host);

    wl_profile_wipe_free(private_key);
    file->profile->fact_port = hub->fact_port;
    file->profile->mtu = hub->mtu;
    for (guint i = 0; i < hub->networks->len; i++)
        g_ptr_array_add(file->profile->networks, g_strdup(hub->networks->pdata[i]));
    g_ptr_array_add(file->profile->peers,
                    wl_ctl_network_hub_peer(hub_key, hub->name ? hub->name : "hub",
                                            addition->endpoint, addition->networks));
    addition->peer = wl_ctl_network_member_peer(public_key, addition->name, addition->networks,
                                                addition->host, addition->basic);
    if (!wl_profile_check(file->profile, WL_PROFILE_CHECK_STORED_SECRETS, error))
        return FALSE;
    addition->text = addition->basic ? wl_wgquick_format_plain(file) : wl_wgquick_format(file);
    return TRUE;
}

/* Before anything is written: a code that is cut off is of no use. */
static gboolean
make_qr(Addition *addition, GError **error)
{
    guint columns = wl_ctl_terminal_columns();

    addition->qr = wl_ctl_qr_new(addition->text, error);
    if (!addition->qr)
        return FALSE;
    if (addition->qr_anywhere)
        return TRUE;
    if (columns == 0) {
        fail(error, REFUSED,
             "--qr: standard output is no terminal, and the code holds a private key; give "
             "--qr-anywhere if that is meant");
        return FALSE;
    }
    if (columns < wl_ctl_qr_columns(addition->qr)) {
        fail(error, IO, "--qr: the terminal has %u columns and the code takes %u; make it wider",
             columns, wl_ctl_qr_columns(addition->qr));
        return FALSE;
    }
    return TRUE;
}

/* ---- telling ------------------------------------------------------------------------------- */

static void
print_next(const Addition *addition, const char *block)
{
    g_autofree char *path = g_filename_display_name(addition->path);
    g_autofree char *base = g_path_get_basename(addition->path);
    g_autofree char *hub_path = g_filename_display_name(addition->hub_path);
    g_autofree char *quoted = wl_ctl_shell_word(base);
    g_autofree char *name = wl_ctl_shell_word(addition->name);
    g_autofree char *hub_base = g_path_get_basename(addition->hub_path);
    g_autofree char *hub_word = wl_ctl_shell_word(hub_base);
    g_autofree char *hub_profile = NULL;

    /* NetworkManager calls the profile as the file. */
    if (g_str_has_suffix(hub_base, ".wirelink"))
        hub_base[strlen(hub_base) - strlen(".wirelink")] = '\0';
    hub_profile = wl_ctl_shell_word(hub_base);
    if (addition->qr)
        wl_ctl_qr_print(addition->qr);
    printf("Wrote %s, which holds a private key: take it to its machine, and remove it here.\n",
           path);
    if (addition->basic)
        printf("%s runs WireGuard only: it always goes through the hub.\n", addition->name);
    else
        printf("\nOn %s:\n"
               "  nmcli connection import type wirelink file %s\n"
               "  nmcli connection up %s\n",
               addition->name, quoted, name);
    if (addition->write)
        printf("\nAdded to %s. On the hub, replace its profile by that file:\n", hub_path);
    else
        printf("\nAdd the lines below to %s. On the hub, replace its profile by that file:\n",
               hub_path);
    printf("  nmcli connection delete %s\n"
           "  nmcli connection import type wirelink file %s\n"
           "  nmcli connection up %s\n"
           "\nThe other members learn the newcomer from the hub. Add these lines to their profiles "
           "too if\nthey are to know it without the hub.\n\n",
           hub_profile, hub_word, hub_profile);
    fputs(block, stdout);
}

static gboolean
write_all(const Addition *addition, const char *block, GError **error)
{
    if (!wl_ctl_write_file(addition->path, addition->text, FALSE, error))
        return FALSE;
    if (!addition->write || write_hub(addition, block, error))
        return TRUE;
    g_unlink(addition->path);
    return FALSE;
}

static WlExit
add(Addition *addition, const char *endpoint)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *block = NULL; /* no secret: a newcomer has no preshared key */
    int lock = -1;
    gboolean done;

    done = (!addition->write || (lock = lock_file(addition->hub_path, &error)) >= 0) &&
           read_hub(addition, endpoint, &error) && make_member(addition, &error) &&
           (!addition->show_qr || make_qr(addition, &error));
    if (done) {
        block = wl_wgquick_format_peer(addition->peer);
        done = write_all(addition, block, &error);
    }
    if (lock >= 0)
        close(lock);
    if (!done) {
        g_autofree char *message = wl_ctl_harmless(error->message);

        wl_ctl_complain("add: %s", message);
        return WL_EXIT_FAILURE;
    }
    print_next(addition, block);
    return WL_EXIT_OK;
}

WlExit
wl_cmd_add(char **arguments)
{
    g_autofree char *hub_file = NULL;
    g_autofree char *endpoint = NULL;
    g_autofree char *directory = NULL;
    g_auto(GStrv) rest = NULL;
    g_auto(Addition) addition = {0};
    g_autoptr(GError) error = NULL;
    const GOptionEntry entries[] = {
        {"hub-file", 0, 0, G_OPTION_ARG_FILENAME, &hub_file,
         "the hub's file (default: hub.wirelink)", "FILE"},
        {"write", 0, 0, G_OPTION_ARG_NONE, &addition.write,
         "add the newcomer to the hub's file too", NULL},
        {"basic", 0, 0, G_OPTION_ARG_NONE, &addition.basic,
         "the newcomer runs WireGuard only, as a phone does: write a wg-quick file", NULL},
        {"qr", 0, 0, G_OPTION_ARG_NONE, &addition.show_qr,
         "with --basic: show the file as a QR code, on a terminal only", NULL},
        {"qr-anywhere", 0, 0, G_OPTION_ARG_NONE, &addition.qr_anywhere,
         "the same, also where standard output is no terminal", NULL},
        {"endpoint", 0, 0, G_OPTION_ARG_STRING, &endpoint,
         "where the hub is reached (default: what its file notes)", "HOST[:PORT]"},
        {"directory", 0, 0, G_OPTION_ARG_FILENAME, &directory,
         "where the newcomer's file is written (default: here)", "DIRECTORY"},
        {NULL},
    };

    if (!wl_ctl_parse("add", arguments, entries, 1, &rest))
        return WL_EXIT_USAGE;
    if (!rest[0]) {
        wl_ctl_complain("add: the name of the new member is missing; see wirelinkctl add --help");
        return WL_EXIT_USAGE;
    }
    addition.name = rest[0];
    addition.show_qr |= addition.qr_anywhere;
    addition.networks = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    if (!wl_ctl_network_check_name(addition.name, &error)) {
        g_autofree char *message = wl_ctl_harmless(error->message);

        wl_ctl_complain("add: NAME: %s", message);
        return WL_EXIT_USAGE;
    }
    if (addition.show_qr && !addition.basic) {
        wl_ctl_complain("add: --qr is for --basic: no phone reads the code of another file");
        return WL_EXIT_USAGE;
    }
    addition.hub_path = realpath(hub_file ? hub_file : "hub.wirelink", NULL);
    if (!addition.hub_path) {
        g_autofree char *shown = wl_ctl_harmless(hub_file ? hub_file : "hub.wirelink");
        int code = errno;

        wl_ctl_complain("add: cannot read \"%s\": %s; name the hub's file with --hub-file", shown,
                        g_strerror(code));
        return WL_EXIT_FAILURE;
    }
    addition.path = g_strdup_printf("%s%s%s%s", directory ? directory : "", directory ? "/" : "",
                                    addition.name, addition.basic ? ".conf" : ".wirelink");
    return add(&addition, endpoint);
}
