/* SPDX-License-Identifier: GPL-2.0-or-later */

/* A secret agent with a keyring, as on a desktop: stores agent-owned secrets in a file and returns
 * them to NetworkManager. Prints a line for each call.
 *
 * Usage: secret-agent KEYRING-FILE */

#include <NetworkManager.h>
#include <nm-secret-agent-old.h>
#include <stdio.h>
#include <stdlib.h>

static const char *keyring_path;

typedef NMSecretAgentOld Agent;
typedef NMSecretAgentOldClass AgentClass;

GType agent_get_type(void);
G_DEFINE_TYPE(Agent, agent, NM_TYPE_SECRET_AGENT_OLD)

static GKeyFile *
load(void)
{
    GKeyFile *keyring = g_key_file_new();

    g_key_file_load_from_file(keyring, keyring_path, G_KEY_FILE_NONE, NULL);
    return keyring;
}

static void
store(GKeyFile *keyring)
{
    g_autoptr(GError) error = NULL;

    if (!g_key_file_save_to_file(keyring, keyring_path, &error))
        g_error("%s", error->message);
}

static void
get_secrets(NMSecretAgentOld *self, NMConnection *connection, const char *path,
            const char *setting_name, const char **hints, NMSecretAgentGetSecretsFlags flags,
            NMSecretAgentOldGetSecretsFunc callback, gpointer user_data)
{
    g_autoptr(GKeyFile) keyring = load();
    const char *uuid = nm_connection_get_uuid(connection);
    g_auto(GStrv) names = g_key_file_get_keys(keyring, uuid, NULL, NULL);
    g_autoptr(NMConnection) answer = nm_simple_connection_new();
    NMSettingVpn *setting = NM_SETTING_VPN(nm_setting_vpn_new());
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) secrets = NULL;

    g_print("asked for %s, new %d\n", setting_name,
            (flags & NM_SECRET_AGENT_GET_SECRETS_FLAG_REQUEST_NEW) != 0);
    nm_connection_add_setting(answer, NM_SETTING(setting));
    for (char **name = names; name && *name; name++) {
        g_autofree char *value = g_key_file_get_string(keyring, uuid, *name, NULL);

        nm_setting_vpn_add_secret(setting, *name, value);
    }
    if (!names || !*names)
        error = g_error_new_literal(NM_SECRET_AGENT_ERROR, NM_SECRET_AGENT_ERROR_NO_SECRETS,
                                    "the keyring has no such secret");
    else
        secrets =
            g_variant_ref_sink(nm_connection_to_dbus(answer, NM_CONNECTION_SERIALIZE_ONLY_SECRETS));
    callback(self, connection, secrets, error, user_data);
}

static void
save_one(const char *name, const char *value, gpointer user_data)
{
    gpointer *arguments = user_data;
    NMSettingSecretFlags flags = 0;

    nm_setting_get_secret_flags(arguments[1], name, &flags, NULL);
    if (!(flags & NM_SETTING_SECRET_FLAG_AGENT_OWNED))
        return;
    g_key_file_set_string(arguments[0], arguments[2], name, value);
    g_print("saved %s\n", name);
}

static void
save_secrets(NMSecretAgentOld *self, NMConnection *connection, const char *path,
             NMSecretAgentOldSaveSecretsFunc callback, gpointer user_data)
{
    g_autoptr(GKeyFile) keyring = load();
    NMSettingVpn *setting = nm_connection_get_setting_vpn(connection);
    gpointer arguments[] = {keyring, setting, (gpointer) nm_connection_get_uuid(connection)};

    nm_setting_vpn_foreach_secret(setting, save_one, arguments);
    store(keyring);
    callback(self, connection, NULL, user_data);
}

static void
delete_secrets(NMSecretAgentOld *self, NMConnection *connection, const char *path,
               NMSecretAgentOldDeleteSecretsFunc callback, gpointer user_data)
{
    g_autoptr(GKeyFile) keyring = load();

    g_key_file_remove_group(keyring, nm_connection_get_uuid(connection), NULL);
    store(keyring);
    g_print("deleted\n");
    callback(self, connection, NULL, user_data);
}

static void
cancel_get_secrets(NMSecretAgentOld *self, const char *path, const char *setting_name)
{
}

static void
agent_class_init(AgentClass *klass)
{
    klass->get_secrets = get_secrets;
    klass->cancel_get_secrets = cancel_get_secrets;
    klass->save_secrets = save_secrets;
    klass->delete_secrets = delete_secrets;
}

static void
agent_init(Agent *self)
{
}

int
main(int argc, char **argv)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(GError) error = NULL;
    g_autoptr(GObject) agent = NULL;

    if (argc != 2) {
        g_printerr("usage: secret-agent KEYRING-FILE\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    keyring_path = argv[1];
    agent = g_initable_new(agent_get_type(), NULL, &error, NM_SECRET_AGENT_OLD_IDENTIFIER,
                           "wirelink.test", NM_SECRET_AGENT_OLD_CAPABILITIES,
                           NM_SECRET_AGENT_CAPABILITY_VPN_HINTS, NULL);
    if (!agent) {
        g_printerr("secret-agent: %s\n", error->message);
        return EXIT_FAILURE;
    }
    g_print("registered\n");
    g_main_loop_run(loop);
    return EXIT_SUCCESS;
}
