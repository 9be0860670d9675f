#ifndef vtkSMTensorNamesDomain_h
#define vtkSMTensorNamesDomain_h

#include "vtkSMStringListDomain.h"
#include "vtkTensorViewDomainsModule.h"

#include <string>  // for names
#include <utility> // for pairs of names
#include <vector>  // for lists

/**
 * @class vtkSMTensorNamesDomain
 * @brief The layers of the input's network, or the kinds of tensors of a layer, as a drop-down.
 *
 * Required properties: `Input`, the input property; `Tensors`, an information property with layer,
 * kind, layer, kind, ... as the source announces them; and `Layer` where the domain is of kinds:
 * then it offers the kinds of that layer, of all layers if there is none of that name.
 *
 * What the input's data hold (its assembly) counts once it has run, before that what its source
 * announces. The default is the first entry unless the property's own is among them. In XML:
 * `<TensorNamesDomain>`, with all_layers="1" for proxies that can show all layers: where there are
 * several, the last entry is `*` then.
 */
class VTKTENSORVIEWDOMAINS_EXPORT vtkSMTensorNamesDomain : public vtkSMStringListDomain
{
public:
  static vtkSMTensorNamesDomain* New();
  vtkTypeMacro(vtkSMTensorNamesDomain, vtkSMStringListDomain);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  void Update(vtkSMProperty* requestingProperty) override;

protected:
  vtkSMTensorNamesDomain();
  ~vtkSMTensorNamesDomain() override;
  int ReadXMLAttributes(vtkSMProperty* property, vtkPVXMLElement* element) override;

private:
  vtkSMTensorNamesDomain(const vtkSMTensorNamesDomain&) = delete;
  void operator=(const vtkSMTensorNamesDomain&) = delete;

  /// (layer, kind) of every tensor, in network order.
  std::vector<std::pair<std::string, std::string>> ListTensors();

  bool AllLayers = false;
};

#endif
