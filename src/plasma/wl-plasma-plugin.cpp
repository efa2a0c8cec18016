/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-plasma-plugin.hpp"

#include <KPluginFactory>
#include <QDebug>
#include <QFile>
#include <libintl.h>

#include "wl-keys-widget.hpp"
#include "wl-plasma-abi.hpp"
#include "wl-profile-import.h"
#include "wl-secrets-widget.hpp"
#include "wl-stored-connection.hpp"

#ifdef Q_MOC_RUN /* meson's moc does not get the directories that cmake found */
#define KPluginFactory_iid "org.kde.KPluginFactory"
Q_DECLARE_INTERFACE(KPluginFactory, KPluginFactory_iid)
#endif

/* As K_PLUGIN_CLASS_WITH_JSON, but with another Plasma than this module was compiled for it makes
 * nothing, so that a desktop is not taken down; connecting works all the same. */
class WlPlasmaFactory : public KPluginFactory
{
    Q_OBJECT
    Q_INTERFACES(KPluginFactory)
    Q_PLUGIN_METADATA(IID KPluginFactory_iid FILE "plasmanetworkmanagement_wirelinkui.json")
public:
    WlPlasmaFactory()
    {
        const QString difference = wl_plasma_abi_difference();

        bindtextdomain(GETTEXT_PACKAGE, WL_LOCALE_DIR);
        bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
        if (difference.isEmpty())
            registerPlugin<WlPlasmaPlugin>();
        else
            qWarning().noquote() << "plasma-nm-wirelink: profiles cannot be edited, and keys not asked"
                                    " for, with this version of Plasma:"
                                 << difference;
    }
};

WlPlasmaPlugin::WlPlasmaPlugin(QObject *parent, const QVariantList &arguments)
    : VpnUiPlugin(parent, arguments)
{
}

SettingWidget *WlPlasmaPlugin::widget(const NetworkManager::VpnSetting::Ptr &setting,
                                      QWidget *parent)
{
    return new WlKeysWidget(setting, parent);
}

SettingWidget *WlPlasmaPlugin::askUser(const NetworkManager::VpnSetting::Ptr &setting,
                                       const QStringList &hints, QWidget *parent)
{
    return new WlSecretsWidget(setting, hints, parent);
}

QString WlPlasmaPlugin::suggestedFileName(
    const NetworkManager::ConnectionSettings::Ptr &connection) const
{
    g_autoptr(NMConnection) named = nm_simple_connection_new();
    NMSetting *setting = nm_setting_connection_new();

    g_object_set(setting, NM_SETTING_CONNECTION_ID, connection->id().toUtf8().constData(), nullptr);
    nm_connection_add_setting(named, setting);
    g_autofree char *name = wl_profile_suggest_file_name(named);
    return QString::fromUtf8(name);
}

/* Files of wg-quick are Plasma's own. */
QStringList WlPlasmaPlugin::supportedFileExtensions() const
{
    return {QStringLiteral("*.wirelink")};
}

VpnUiPlugin::ImportResult WlPlasmaPlugin::importConnectionSettings(const QString &path)
{
    g_autoptr(GError) error = nullptr;
    NMConnection *connection = wl_profile_import(QFile::encodeName(path).constData(), &error);

    if (!connection)
        return ImportResult::fail(QString::fromUtf8(error->message));
    return ImportResult::pass(connection);
}

VpnUiPlugin::ExportResult
WlPlasmaPlugin::exportConnectionSettings(const NetworkManager::ConnectionSettings::Ptr &connection,
                                         const QString &path)
{
    g_autoptr(GError) error = nullptr;
    g_autoptr(NMConnection) stored = wl_stored_connection(connection->uuid(), &error);

    if (!stored || !wl_profile_export(QFile::encodeName(path).constData(), stored, &error))
        return ExportResult::fail(QString::fromUtf8(error->message));
    return ExportResult::pass();
}

#include "wl-plasma-plugin.moc"
