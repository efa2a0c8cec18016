/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-files.h"
#include "wl-ctl-network.h"
#include "wl-ctl-output.h"
#include "wl-ctl.h"
#include "wl-profile-check.h"
#include "wl-profile-keys.h"
#include "wl-profile-extra.h"
#include "wl-profile-value.h"
#include "wl-wgquick-write.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define HUB_HOST    1
#define MEMBER_HOST 2

typedef struct {
    const char *name, *hub;
    char *endpoint;
    GArray *networks; /* of WlPrefix */
    char *hub_path, *path;
} Network;

static void
network_clear(Network *network)
{
    g_free(network->endpoint);
    g_clear_pointer(&network->networks, g_array_unref);
    g_free(network->hub_path);
    g_free(network->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Network, network_clear)

static WlProfileFile *
make_hub(const Network *network, const char *private_key, const char *member_key)
{
    WlProfileFile *file =
        wl_ctl_network_member(private_key, network->hub, network->networks, HUB_HOST);
    WlProfile *profile = file->profile;

    profile->role = WL_PROFILE_ROLE_ROUTER;
    profile->listen_port = (guint) g_ascii_strtoull(strrchr(network->endpoint, ':') + 1, NULL, 10);
    file->has_listen_port = TRUE;
    wl_profile_extra_add(profile->extra, WL_PROFILE_SECTION_WIRELINK, WL_CTL_NOTE_ENDPOINT,
                         network->endpoint);
    g_ptr_array_add(profile->peers,
                    wl_ctl_network_member_peer(member_key, network->name, network->networks,
                                               MEMBER_HOST, FALSE));
    return file;
}

static WlProfileFile *
make_member(const Network *network, const char *private_key, const char *hub_key)
{
    WlProfileFile *file =
        wl_ctl_network_member(private_key, network->name, network->networks, MEMBER_HOST);

    g_ptr_array_add(
        file->profile->peers,
        wl_ctl_network_hub_peer(hub_key, network->hub, network->endpoint, network->networks));
    return file;
}

static gboolean
write_file(const char *path, const WlProfileFile *file, GError **error)
{
    char *text = wl_wgquick_format(file);
    gboolean written;

    written = wl_profile_check(file->profile, WL_PROFILE_CHECK_STORED_SECRETS, error) &&
              wl_ctl_write_file(path, text, FALSE, error);
    wl_profile_wipe_free(text);
    return written;
}

static gboolean
write_files(const Network *network, GError **error)
{
    char *hub_private = wl_ctl_make_private_key();
    char *private_key = wl_ctl_make_private_key();
    g_autofree char *hub_key = wl_ctl_public_key_of(hub_private);
    g_autofree char *public_key = wl_ctl_public_key_of(private_key);
    g_autoptr(WlProfileFile) hub = make_hub(network, hub_private, public_key);
    g_autoptr(WlProfileFile) member = make_member(network, private_key, hub_key);
    gboolean done = FALSE;

    wl_profile_wipe_free(hub_private);
    wl_profile_wipe_free(private_key);
    if (write_file(network->hub_path, hub, error)) {
        done = write_file(network->path, member, error);
        if (!done)
            g_unlink(network->hub_path);
    }
    return done;
}

static void
print_member(const Network *network, const char *path, const char *name, guint64 host)
{
    g_autofree char *shown = g_filename_display_name(path);

    printf("  %s: %s,", shown, name);
    for (guint i = 0; i < network->networks->len; i++) {
        g_autofree char *address =
            wl_ctl_network_host(&g_array_index(network->networks, WlPrefix, i), host, TRUE);

        printf("%s %.*s", i ? "," : "", (int) strcspn(address, "/"), address);
    }
    putchar('\n');
}

static void
print_next(const Network *network)
{
    g_autofree char *hub = wl_ctl_shell_word(network->hub);
    g_autofree char *name = wl_ctl_shell_word(network->name);
    g_autofree char *hub_file = g_strconcat(network->hub, ".wirelink", NULL);
    g_autofree char *file = g_strconcat(network->name, ".wirelink", NULL);
    g_autofree char *hub_quoted = wl_ctl_shell_word(hub_file);
    g_autofree char *quoted = wl_ctl_shell_word(file);
    g_autofree char *hub_path = wl_ctl_shell_word(network->hub_path);

    puts("Made a network of two:");
    print_member(network, network->hub_path, network->hub, HUB_HOST);
    print_member(network, network->path, network->name, MEMBER_HOST);
    printf("\nBoth files hold a private key. Take each to its machine, and remove it here.\n"
           "\nOn %s, whose UDP port %s must be open as %s:\n"
           "  nmcli connection import type wirelink file %s\n"
           "  nmcli connection up %s\n"
           "\nThen on %s:\n"
           "  nmcli connection import type wirelink file %s\n"
           "  nmcli connection up %s\n"
           "\nFor each further member, where the hub's file is:\n"
           "  wirelinkctl add NAME --write --hub-file %s\n",
           network->hub, strrchr(network->endpoint, ':') + 1, network->endpoint, hub_quoted, hub,
           network->name, quoted, name, hub_path);
}

static WlExit
complain(const char *what, const GError *error, WlExit result)
{
    g_autofree char *message = wl_ctl_harmless(error->message);

    wl_ctl_complain("new: %s%s%s", what ? what : "", what ? ": " : "", message);
    return result;
}

WlExit
wl_cmd_new(char **arguments)
{
    g_autofree char *networks = NULL;
    g_autofree char *endpoint = NULL;
    g_autofree char *hub = NULL;
    g_autofree char *directory = NULL;
    g_auto(GStrv) rest = NULL;
    g_auto(Network) network = {0};
    g_autoptr(GError) error = NULL;
    const GOptionEntry entries[] = {
        {"network", 0, 0, G_OPTION_ARG_STRING, &networks,
         "the addresses of the members, like 10.77.0.0/24,fd77::/64", "PREFIX[,PREFIX]"},
        {"endpoint", 0, 0, G_OPTION_ARG_STRING, &endpoint,
         "where the hub is reached; its port is 51820 unless given", "HOST[:PORT]"},
        {"hub", 0, 0, G_OPTION_ARG_STRING, &hub, "the name of the hub (default: hub)", "NAME"},
        {"directory", 0, 0, G_OPTION_ARG_FILENAME, &directory,
         "where the two files are written (default: here)", "DIRECTORY"},
        {NULL},
    };

    if (!wl_ctl_parse("new", arguments, entries, 1, &rest))
        return WL_EXIT_USAGE;
    if (!rest[0] || !networks || !endpoint) {
        wl_ctl_complain("new: %s; see wirelinkctl new --help",
                        !rest[0]    ? "the name of the first member beside the hub is missing"
                        : !networks ? "--network is missing"
                                    : "--endpoint is missing");
        return WL_EXIT_USAGE;
    }
    network.name = rest[0];
    network.hub = hub ? hub : "hub";
    network.networks = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    if (!wl_ctl_network_check_name(network.name, &error))
        return complain("NAME", error, WL_EXIT_USAGE);
    if (!wl_ctl_network_check_name(network.hub, &error))
        return complain("--hub", error, WL_EXIT_USAGE);
    if (!g_ascii_strcasecmp(network.name, network.hub)) {
        wl_ctl_complain("new: the member and the hub have the same name; give another with --hub");
        return WL_EXIT_USAGE;
    }
    if (!wl_ctl_network_parse(networks, network.networks, &error))
        return complain("--network", error, WL_EXIT_USAGE);
    network.endpoint = wl_ctl_network_endpoint(endpoint, &error);
    if (!network.endpoint)
        return complain("--endpoint", error, WL_EXIT_USAGE);
    if (g_str_has_suffix(network.endpoint, ":51821")) {
        wl_ctl_complain(
            "new: --endpoint: port 51821 is that of the facts inside the tunnel; choose "
            "another");
        return WL_EXIT_USAGE;
    }
    network.hub_path = g_strdup_printf("%s%s%s.wirelink", directory ? directory : "",
                                       directory ? "/" : "", network.hub);
    network.path = g_strdup_printf("%s%s%s.wirelink", directory ? directory : "",
                                   directory ? "/" : "", network.name);
    if (!write_files(&network, &error))
        return complain(NULL, error, WL_EXIT_FAILURE);
    print_next(&network);
    return WL_EXIT_OK;
}
