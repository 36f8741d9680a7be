#!/usr/bin/env python3
"""Writes `samplers.json`: what diffusers' samplers make of a network that answers 0.3 * seen + 0.1 * t / 1000.

  pip install torch diffusers
  python make_samplers.py OUT_FILE
"""
import json, sys
import torch
from diffusers import DPMSolverMultistepScheduler, DDIMScheduler, EulerAncestralDiscreteScheduler
import diffusers.schedulers.scheduling_euler_ancestral_discrete as m
m.randn_tensor = lambda shape, **k: torch.full(shape, 0.25)
base=dict(num_train_timesteps=1000,beta_start=0.00085,beta_end=0.012)
out=[]
for cls,id in ((EulerAncestralDiscreteScheduler,"euler_ancestral"),(DDIMScheduler,"ddim"),(DPMSolverMultistepScheduler,"dpm_solver_2m")):
  for spacing in ("linspace","leading","trailing"):
    for pred in ("epsilon","v_prediction"):
      for sched,steps in (("scaled_linear",6),("linear",9)):
        kw=dict(base,beta_schedule=sched,prediction_type=pred,timestep_spacing=spacing,steps_offset=1)
        if id=="ddim": kw.update(clip_sample=False,set_alpha_to_one=False)
        s=cls(**kw); s.set_timesteps(steps)
        x=torch.tensor([[0.5,-1.0,2.0]])*s.init_noise_sigma
        trail=[]
        for t in s.timesteps:
            i=s.scale_model_input(x,t)
            o=0.3*i+0.1*float(t)/1000
            x=s.step(o,t,x).prev_sample
            trail.append([float(v) for v in x[0]])
        out.append(dict(sampler=id,spacing=spacing,prediction=pred,schedule=sched,steps=steps,times=[float(t) for t in s.timesteps],latents=trail))
rounded = [{k: [[float("%.6g" % x) for x in row] for row in v] if k == "latents" else v for k, v in one.items()} for one in out]
open(sys.argv[1], "w").write("[\n" + ",\n".join(json.dumps(one, separators=(",", ":")) for one in rounded) + "\n]\n")
