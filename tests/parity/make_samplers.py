#!/usr/bin/env python3
"""Writes `samplers.json` and `flows.json`: what diffusers' samplers make of a network that answers 0.3 * seen + 0.1 * t / 1000.

  pip install torch diffusers
  python make_samplers.py OUT_DIR
"""
import json, sys
import torch
import numpy as np
from diffusers import DPMSolverMultistepScheduler, PNDMScheduler, DDIMScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler, FlowMatchEulerDiscreteScheduler
import diffusers.schedulers.scheduling_euler_ancestral_discrete as m
m.randn_tensor = lambda shape, **k: torch.full(shape, 0.25)
base=dict(num_train_timesteps=1000,beta_start=0.00085,beta_end=0.012)
out=[]
def trail_of(s, steps):
  s.set_timesteps(steps)
  x=torch.tensor([[0.5,-1.0,2.0]])*s.init_noise_sigma
  trail=[]
  for t in s.timesteps:
    i=s.scale_model_input(x,t)
    o=0.3*i+0.1*float(t)/1000
    x=s.step(o,t,x).prev_sample
    trail.append([float(v) for v in x[0]])
  return dict(steps=steps,times=[float(t) for t in s.timesteps],latents=trail)
SAMPLERS=((EulerAncestralDiscreteScheduler,"euler_ancestral"),(EulerDiscreteScheduler,"euler"),(DDIMScheduler,"ddim"),(DPMSolverMultistepScheduler,"dpm_solver_2m"))
for cls,id in SAMPLERS:
  own=dict(clip_sample=False,set_alpha_to_one=False) if id=="ddim" else {}
  def add(steps,**settings):
    out.append(dict(sampler=id,settings=settings,**trail_of(cls(**base,**own,**settings),steps)))
  for spacing in ("linspace","leading","trailing"):
    for pred in ("epsilon","v_prediction"):
      for sched,steps in (("scaled_linear",6),("linear",9)):
        add(steps,beta_schedule=sched,prediction_type=pred,timestep_spacing=spacing,steps_offset=1)
  add(8,beta_schedule="scaled_linear",prediction_type="v_prediction",timestep_spacing="trailing",rescale_betas_zero_snr=True)
  if id in ("euler","dpm_solver_2m"):
    for ramp in ("use_karras_sigmas","use_exponential_sigmas"):
      for sched,spacing in (("scaled_linear","linspace"),("linear","leading")):
        add(7,beta_schedule=sched,prediction_type="epsilon",timestep_spacing=spacing,steps_offset=1,**{ramp:True})
# what diffusers makes of a PNDM sampler's settings for the one that takes its place
pndm=dict(skip_prk_steps=True,set_alpha_to_one=False,steps_offset=1,beta_schedule="scaled_linear")
swapped=DPMSolverMultistepScheduler.from_config(PNDMScheduler(**base,**pndm).config)
out.append(dict(sampler="dpm_solver_2m",settings=dict(_class_name="PNDMScheduler",**pndm),**trail_of(swapped,8)))
flows=[]
for settings,shift in ((dict(shift=3.0),None),(dict(use_dynamic_shifting=True),0.9),(dict(use_dynamic_shifting=True,time_shift_type="linear"),1.7),
                       (dict(use_dynamic_shifting=True,shift_terminal=0.02),1.15)):
  for steps in (1,4,9):
    if steps==1 and "shift_terminal" in settings: continue  # divides by zero there
    s=FlowMatchEulerDiscreteScheduler(**settings)
    s.set_timesteps(sigmas=np.linspace(1.0,1/steps,steps),mu=shift)
    x=torch.tensor([[0.5,-1.0,2.0]])
    trail=[]
    for t in s.timesteps:
        x=s.step(0.3*x+0.1*float(t)/1000,t,x).prev_sample
        trail.append([float(v) for v in x[0]])
    flows.append(dict(settings=settings,shift=shift or 0.0,steps=steps,times=[float(t) for t in s.timesteps],latents=trail))
out+=flows
short = lambda v: [short(x) for x in v] if isinstance(v, list) else float("%.6g" % v)
rounded = [dict(one, times=short(one["times"]), latents=short(one["latents"])) for one in out]
text = lambda rows: "[\n" + ",\n".join(json.dumps(one, separators=(",", ":")) for one in rows) + "\n]\n"
open(sys.argv[1] + "/samplers.json", "w").write(text(rounded[:-len(flows)]))
open(sys.argv[1] + "/flows.json", "w").write(text(rounded[-len(flows):]))
