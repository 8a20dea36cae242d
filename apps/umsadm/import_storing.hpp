#pragma once

#include <vector>

#include "umsadm/jobs/import_certificates.hpp"
#include "umsadm/registry/certificate_store.hpp"
#include "umsadm/registry/site.hpp"

#include "import_reading.hpp"

namespace umsadm::app {

// What a plan means for the site: one record for each of its steps, in their order. That of a certificate that is
// there already and gets nothing is the one it has.
std::vector<CertificateRecord> plan_records(const Site& site, const ImportPlan& plan, const ImportMaterial& material,
                                            const ImportRequest& request, const Inventory& before);

// The files of the site as they are, or will be, after that.
std::vector<CertificateFiles> with_planned(std::vector<CertificateFiles> files, const ImportPlan& plan,
                                           const std::vector<CertificateRecord>& records);

// Does it, and notes it in the audit log. The new certificates are stored before anything else, all of them or none.
// Hold the site's lock.
void carry_out(Context& ctx, const Site& site, const ImportPlan& plan, const ImportMaterial& material,
               const std::vector<CertificateRecord>& records);

}  // namespace umsadm::app
