/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl new: the keys, addresses and files of a network of a hub and one member. */
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "wl-command.h"
#include "wl-display.h"
#include "wl-key-pair.h"
#include "wl-network.h"
#include "wl-print.h"
#include "wl-private-file.h"
#include "wl-profile-check.h"
#include "wl-profile-file.h"
#include "wl-profile-text.h"
#include "wl-wgquick-write.h"

#define MEMBER_HOST 2

static struct {
    char *networks, *endpoint, *hub, *directory;
} options;

static const GOptionEntry entries[] = {
    {"network", 0, 0, G_OPTION_ARG_STRING, &options.networks,
     "the addresses of the members, such as 10.77.0.0/24,fd77::/64", "PREFIX[,PREFIX]"},
    {"endpoint", 0, 0, G_OPTION_ARG_STRING, &options.endpoint,
     "where members reach the hub; the default port is 51820", "HOST[:PORT]"},
    {"hub", 0, 0, G_OPTION_ARG_STRING, &options.hub, "the name of the hub (default: hub)", "NAME"},
    {"directory", 0, 0, G_OPTION_ARG_FILENAME, &options.directory,
     "the directory for the two files (default: the current one)", "DIRECTORY"},
    {NULL},
};

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
        wl_network_hub(private_key, network->hub, network->networks, network->endpoint);

    g_ptr_array_add(
        file->profile->peers,
        wl_network_member_peer(member_key, network->name, network->networks, MEMBER_HOST, FALSE));
    return file;
}

static WlProfileFile *
make_member(const Network *network, const char *private_key, const WlProfileFile *hub,
            const char *hub_key)
{
    WlNetworkHub known = {hub->profile, hub_key, network->endpoint, network->networks};

    return wl_network_new_member(&known, private_key, network->name, MEMBER_HOST);
}

static gboolean
write_file(const char *path, const WlProfileFile *file, GError **error)
{
    char *text = wl_wgquick_format(file);
    gboolean written;

    written = wl_profile_check(file->profile, WL_PROFILE_CHECK_STORED_SECRETS, error) &&
              wl_private_file_write(path, text, strlen(text), WL_PRIVATE_FILE_CREATE, error);
    wl_profile_wipe_free(text);
    return written;
}

static gboolean
write_files(const Network *network, GError **error)
{
    char *hub_private = wl_key_pair_generate();
    char *private_key = wl_key_pair_generate();
    g_autofree char *hub_key = wl_key_pair_public_of(hub_private);
    g_autofree char *public_key = wl_key_pair_public_of(private_key);
    g_autoptr(WlProfileFile) hub = make_hub(network, hub_private, public_key);
    g_autoptr(WlProfileFile) member = make_member(network, private_key, hub, hub_key);
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
            wl_network_host(&g_array_index(network->networks, WlPrefix, i), host, TRUE);

        printf("%s %.*s", i ? "," : "", (int) strcspn(address, "/"), address);
    }
    putchar('\n');
}

static void
print_next(const Network *network)
{
    g_autofree char *hub = wl_display_shell_word(network->hub);
    g_autofree char *name = wl_display_shell_word(network->name);
    g_autofree char *hub_file = g_strconcat(network->hub, ".wirelink", NULL);
    g_autofree char *file = g_strconcat(network->name, ".wirelink", NULL);
    g_autofree char *hub_quoted = wl_display_shell_word(hub_file);
    g_autofree char *quoted = wl_display_shell_word(file);
    g_autofree char *hub_path = wl_display_shell_word(network->hub_path);

    puts("Created a network of two members:");
    print_member(network, network->hub_path, network->hub, WL_NETWORK_HUB_HOST);
    print_member(network, network->path, network->name, MEMBER_HOST);
    printf(
        "\nEach file contains a private key. Copy each to its machine, then delete the copy here;\n"
        "keep the file of the hub on the hub: adding members needs it.\n"
        "\nOn %s (UDP port %s must be reachable at %s):\n"
        "  nmcli connection import type wirelink file %s\n"
        "  nmcli connection up %s\n"
        "\nThen on %s:\n"
        "  nmcli connection import type wirelink file %s\n"
        "  nmcli connection up %s\n"
        "\nTo add another member, next to the file of the hub:\n"
        "  wirelinkctl add NAME --write --hub-file %s\n",
        network->hub, strrchr(network->endpoint, ':') + 1, network->endpoint, hub_quoted, hub,
        network->name, quoted, name, hub_path);
}

static WlExit
complain(const char *what, const GError *error, WlExit result)
{
    g_autofree char *message = wl_display_escape(error->message);

    wl_print_error("new: %s%s%s", what ? what : "", what ? ": " : "", message);
    return result;
}

static WlExit
check(const WlRequest *request)
{
    const char *name = request->operands[0], *hub = options.hub ? options.hub : "hub";
    g_autoptr(GError) error = NULL;

    if (!wl_network_check_name(name, &error))
        return complain("NAME", error, WL_EXIT_USAGE);
    if (!wl_network_check_name(hub, &error))
        return complain("--hub", error, WL_EXIT_USAGE);
    if (g_ascii_strcasecmp(name, hub))
        return WL_EXIT_OK;
    wl_print_error("new: the member and the hub have the same name; name the hub with --hub");
    return WL_EXIT_USAGE;
}

/* Reads --network and --endpoint; an error is printed, and its exit status returned. */
static WlExit
read_options(Network *network)
{
    g_autoptr(GError) error = NULL;

    if (!wl_network_parse(options.networks, network->networks, &error))
        return complain("--network", error, WL_EXIT_USAGE);
    network->endpoint = wl_network_endpoint(options.endpoint, &error);
    if (!network->endpoint)
        return complain("--endpoint", error, WL_EXIT_USAGE);
    if (!g_str_has_suffix(network->endpoint, ":51821"))
        return WL_EXIT_OK;
    wl_print_error("new: --endpoint: port 51821 is the fact port inside the tunnel; choose another "
                   "port");
    return WL_EXIT_USAGE;
}

static char *
path_of(const char *name)
{
    return g_strdup_printf("%s%s%s.wirelink", options.directory ? options.directory : "",
                           options.directory ? "/" : "", name);
}

static WlExit
run(WlRequest *request)
{
    g_auto(Network) network = {0};
    g_autoptr(GError) error = NULL;
    WlExit result;

    network.name = request->operands[0];
    network.hub = options.hub ? options.hub : "hub";
    network.networks = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    result = read_options(&network);
    if (result != WL_EXIT_OK)
        return result;
    network.hub_path = path_of(network.hub);
    network.path = path_of(network.name);
    if (!write_files(&network, &error))
        return complain(NULL, error, WL_EXIT_FAILURE);
    print_next(&network);
    return WL_EXIT_OK;
}

const WlCommand wl_command_new = {
    .name = "new",
    .operands = "NAME",
    .summary = "create a network: the files of its hub and of its first member NAME",
    .wants = WL_WANTS_FILE,
    .options = entries,
    .n_required = 2,
    .check = check,
    .run = run,
};
