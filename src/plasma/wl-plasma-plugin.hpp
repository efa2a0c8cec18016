/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The module that Plasma's network applet, settings and secret agent load for wirelink. Connecting
 * needs its metadata only. */

#include "wl-plasma-interface.hpp"

class WlPlasmaPlugin : public VpnUiPlugin
{
    Q_OBJECT
public:
    explicit WlPlasmaPlugin(QObject *parent, const QVariantList &arguments = {});

    SettingWidget *widget(const NetworkManager::VpnSetting::Ptr &setting, QWidget *parent) override;
    SettingWidget *askUser(const NetworkManager::VpnSetting::Ptr &setting, const QStringList &hints,
                           QWidget *parent) override;
    QString suggestedFileName(
        const NetworkManager::ConnectionSettings::Ptr &connection) const override;
    QStringList supportedFileExtensions() const override;
    ImportResult importConnectionSettings(const QString &path) override;
    ExportResult exportConnectionSettings(const NetworkManager::ConnectionSettings::Ptr &connection,
                                          const QString &path) override;
};
