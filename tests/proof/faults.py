"""All faults, those that take longest first."""

import faults_inside
import faults_ourselves
import faults_outside
import faults_saturation
import faults_scaling

ALL = [
    *faults_scaling.FAULTS,
    *faults_saturation.FAULTS,
    *faults_inside.FAULTS,
    *faults_ourselves.FAULTS,
    *faults_outside.FAULTS,
]


def histories(chosen):
    return [one for fault in chosen for one in fault.history]
