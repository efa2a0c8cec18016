/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The page of Plasma's connection editor: the keys of the profile as a table, with the sentence that
 * an activation would fail with, and a button for the editor with everything else. */

#include "wl-plasma-interface.hpp"
#include "wl-profile-keys.h"

class QLabel;
class QTableWidget;

class WlKeysWidget : public SettingWidget
{
public:
    WlKeysWidget(const NetworkManager::VpnSetting::Ptr &setting, QWidget *parent);

    void loadConfig(const NetworkManager::Setting::Ptr &setting) override;
    void loadSecrets(const NetworkManager::Setting::Ptr &setting) override;
    QVariantMap setting() const override;
    bool isValid() const override;

private:
    struct Values {
        NMStringMap data, secrets;
    };

    void addPeer(unsigned number, const NMStringMap &items);
    void addRow(const QString &name, const WlProfileKey *key, const QString &value);
    void changed();
    Values values() const;

    NetworkManager::VpnSetting::Ptr m_setting;
    QTableWidget *m_table;
    QLabel *m_error;
    unsigned m_last_peer = 0;
};
