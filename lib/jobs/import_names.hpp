#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "umsadm/jobs/inventory.hpp"

namespace umsadm {

// Which line of renewals each imported certificate belongs to.
class ImportNames {
public:
    // `wished`: the name of the one end certificate among `imported`; empty when none is wished.
    // Throws Code::usage when there is not exactly one certificate that could get it.
    ImportNames(const Inventory& inventory, const std::vector<Certificate>& imported, const std::string& wished);

    // The wished name, else the first one that can be made of the subject and that is free or of the same line.
    // Throws Code::usage when the wished name belongs to a certificate of another type.
    std::string name_for(const Certificate& certificate);

private:
    bool is_free_for(const std::string& name, const Certificate& certificate) const;

    std::map<std::string, Certificate> m_lines;  // the newest certificate of each name
    std::string m_wished;
    std::optional<Fingerprint> m_wished_for;
};

}  // namespace umsadm
