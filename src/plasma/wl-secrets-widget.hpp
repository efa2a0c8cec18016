/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The keys that Plasma asks for at an activation: a field for each one that is missing. */

#include "wl-plasma-interface.hpp"

class QLineEdit;

class WlSecretsWidget : public SettingWidget
{
public:
    /* @hints: names of secrets that are asked for although not required. */
    WlSecretsWidget(const NetworkManager::VpnSetting::Ptr &setting, const QStringList &hints,
                    QWidget *parent);

    /* The secrets of the setting: those that were known, and the answers. */
    QVariantMap setting() const override;
    bool isValid() const override;

private:
    NMStringMap m_known;
    QMap<QString, QLineEdit *> m_fields;
};
