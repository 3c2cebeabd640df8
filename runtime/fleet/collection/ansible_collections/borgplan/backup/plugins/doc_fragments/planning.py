# Copyright: The borgplan authors
# MIT License (see LICENSE of borgplan)

from __future__ import annotations


class ModuleDocFragment:
    """Options of every module that plans: `planning` in module_utils is their argument specification."""

    DOCUMENTATION = r"""
options:
  command:
    description: How borgplan is started on the host.
    type: str
    default: borgplan
  configs:
    description: Configuration files or directories; none for the default locations.
    type: list
    elements: str
    default: []
  actions:
    description: Actions to plan, such as V(create); none for those of the configuration.
    type: list
    elements: str
    default: []
"""
